"""Fixtures of the store's tests."""

from collections.abc import Iterator

import pytest

from store.session import Database, open_database
from tests.integration.store.parts import new_key


@pytest.fixture
def key_id(database: Database) -> str:
    """The id of a key that may submit."""
    return new_key(database)


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    """A PostgreSQL database, for what only several writers at once can show."""
    opened = open_database(postgresql_url)
    yield opened
    opened.dispose()


@pytest.fixture
def postgresql_key(postgresql_database: Database) -> str:
    """The id of a key there."""
    return new_key(postgresql_database)
