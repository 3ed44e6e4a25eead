"""Fixtures of the store's tests."""

import pytest

from store.session import Database
from tests.integration.store.parts import new_key


@pytest.fixture
def key_id(database: Database) -> str:
    """The id of a key that may submit."""
    return new_key(database)
