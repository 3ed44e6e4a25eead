"""One farm a database, shared by the tests of a module."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.worker.farm import Farm


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def farm(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Farm]:
    """A dispatcher and a worker of two processes, on either database."""
    folder: Path = tmp_path_factory.mktemp("farm")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("_migrated_sqlite"), folder / "orrery.db")
        url = f"sqlite:///{folder / 'orrery.db'}"
    else:
        postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.copy("migrated"))
    made = Farm(url, folder)
    try:
        made.start_all()
        yield made
    finally:
        made.close()
