"""Each of the 18 faults once, small, on real processes; `make faults` runs them whole."""

from collections.abc import Iterator

import pytest

from tests.faults.experiment import BOTH, Experiment
from tests.faults.fleet import Fleet
from tests.faults.shape import Shape
from tests.faults.suite import EXPERIMENTS, carry_out

SEED = 20261125

#: Faults of the database itself are run on both; of the others every second one on each.
CASES = [
    (it, database)
    for it in EXPERIMENTS
    for database in BOTH
    if database in it.databases
    and (len(it.databases) == 1 or it.number % 2 == BOTH.index(database))
]


@pytest.fixture(scope="module", params=BOTH)
def fleet(request: pytest.FixtureRequest) -> Iterator[Fleet]:
    with Fleet(request.param, Shape(workers=1)) as started:
        yield started


@pytest.mark.parametrize(
    ("experiment", "fleet"),
    [pytest.param(it, on, id=f"{it.number}-{on}") for it, on in CASES if not it.alone],
    indirect=["fleet"],
    scope="module",
)
def test_nothing_is_lost_or_doubled(experiment: Experiment, fleet: Fleet) -> None:
    outcome = carry_out(experiment, fleet, experiment.small, SEED)
    assert (outcome.lost, outcome.doubled, outcome.broken) == (0, 0, ()), f"seed {SEED}: {outcome}"
