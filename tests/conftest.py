"""Fixtures for every test: both databases, a broker, a blob store, settings."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

from store import broker, migrate, session
from store.blobs import Blobs
from store.session import Database, open_database
from store.settings import Settings
from tests.servers import PATIENCE, Postgres, Valkey, scratch

# A busy machine is no fault of a property.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")


def pytest_configure() -> None:
    """Set what every process of the tests inherits, before any of them loads torch.

    Processes that test side by side share the cores: threads of theirs would only wait for each
    other. And a shell in the background leaves interrupts ignored, for which some tests would wait
    in vain.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the variables of whoever runs the tests out of them."""
    for name in [name for name in os.environ if name.startswith("ORRERY_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _patience() -> Iterator[None]:
    """Have the tests wait longer for a server than the service would: it is busy, not away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broker, "SOCKET_SECONDS", PATIENCE)
        patch.setattr(broker, "PUBLISH_SECONDS", PATIENCE)
        patch.setattr(session, "CONNECT_SECONDS", PATIENCE)
        yield


@pytest.fixture(scope="session")
def _folder() -> Iterator[Path]:
    """A folder of this session's servers and databases."""
    with scratch() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres(_folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL server for the session; its database `migrated` has the tables."""
    folder = _folder / "pg"
    folder.mkdir()
    server = Postgres(folder)
    try:
        server.execute("CREATE DATABASE migrated")
        migrate.upgrade(server.url("migrated"))
        yield server
    finally:
        server.stop()


@pytest.fixture
def postgresql_url(postgres: Postgres) -> Iterator[str]:
    """A PostgreSQL database of one test, with the tables."""
    name = postgres.copy("migrated")
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def _migrated_sqlite(_folder: Path) -> Path:
    path = _folder / "migrated.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(_migrated_sqlite: Path) -> Iterator[str]:
    """An SQLite database of one test, with the tables."""
    with tempfile.TemporaryDirectory(dir=_migrated_sqlite.parent) as folder:
        path = Path(folder) / "orrery.db"
        shutil.copy(_migrated_sqlite, path)
        yield f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of one test, with the tables; the test runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database at `database_url`, opened."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def _valkey(_folder: Path) -> Iterator[Valkey]:
    folder = _folder / "valkey"
    folder.mkdir()
    server = Valkey(folder)
    yield server
    server.kill()


@pytest.fixture
def valkey(_valkey: Valkey) -> Iterator[Valkey]:
    """An empty Valkey that a test may kill, start again, freeze and thaw."""
    _valkey.flush()
    yield _valkey
    if _valkey.server.process is None:
        _valkey.start()
    _valkey.thaw()


@pytest.fixture
def broker_url(valkey: Valkey) -> str:
    """The URL of an empty broker."""
    return valkey.url


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    """An empty blob store in a folder."""
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def settings(tmp_path: Path, database_url: str, broker_url: str) -> Settings:
    """Settings of a service of one test, on both databases; its folder holds the blobs."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        broker_url=broker_url,
        blob_url=str(tmp_path / "blobs"),
        min_free_bytes=0,
        nightly=_half_a_day_from_now(),
    )


def _half_a_day_from_now() -> str:
    """A time of day that comes in the middle of no test."""
    return (datetime.now() + timedelta(hours=12)).strftime("%H:%M")
