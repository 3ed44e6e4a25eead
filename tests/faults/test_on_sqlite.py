"""Faults on real processes over SQLite; `make faults` runs all of them whole."""

from collections.abc import Iterator

import pytest

from tests.faults.experiment import Experiment
from tests.faults.fleet import PATIENCE, Fleet, running
from tests.faults.selection import SHAPE, cases, check

#: An experiment waits for several things, and the first one for the fleet's start as well.
pytestmark = pytest.mark.timeout(4 * PATIENCE)


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with running("sqlite", SHAPE) as started:
        yield started


@pytest.mark.parametrize("experiment", cases("sqlite"), ids=lambda it: it.run.__name__)
def test_nothing_is_lost_or_doubled(experiment: Experiment, fleet: Fleet) -> None:
    check(experiment, fleet)
