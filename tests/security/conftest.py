"""The fixtures of the API's tests, for these as well, and one application for a whole file."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import create_app
from store.settings import Settings
from tests.integration.api.conftest import caller, either, lite, make_caller, visitor
from tests.integration.api.parts import Caller, new_key

__all__ = ["app", "caller", "either", "lite", "make_caller", "visitor"]


@pytest.fixture(scope="module")
def app(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """One application for all tests of a file, and a key for it."""
    folder = tmp_path_factory.mktemp("security")
    path = shutil.copy(_migrated_sqlite, folder / "orrery.db")
    made = create_app(
        Settings(
            data_dir=folder,
            database_url=f"sqlite:///{path}",
            broker_url="redis://127.0.0.1:1/0",
            min_free_bytes=0,
            rate_limit="1000000/minute",
        )
    )
    yield Caller(made, new_key(made.extensions["orrery"].database))
    made.extensions["orrery"].database.dispose()
    made.extensions["orrery"].publisher.close()
