"""Hosts are network namespaces, which only root may make.

As root, and in CI whoever it runs as, these tests run, and fail where no namespace can be made.
Other users' runs leave them out.
"""

import os
from collections.abc import Iterator

import pytest

from store.session import Database
from tests.hosts.spread import Spread, spread

collect_ignore_glob = [] if os.geteuid() == 0 or "CI" in os.environ else ["test_*.py"]


@pytest.fixture(scope="module")
def fleet() -> Iterator[Spread]:
    """A service whose parts are on hosts of their own."""
    with spread() as running:
        yield running


@pytest.fixture
def database(fleet: Spread) -> Database:
    """The fleet's database."""
    return fleet.database
