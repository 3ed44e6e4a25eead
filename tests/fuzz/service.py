"""The API as it is served, tried by Schemathesis with every check that it has."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from unittest.mock import patch

import httpx

from store import keys, migrate
from store.session import Database, open_database
from tests.integration.api.parts import work_off
from tests.servers import Server, Valkey, scratch, wait_until

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
#: Seconds between two looks of what stands in for a worker.
LOOK = 0.2


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """The API under gunicorn with a database and a broker; gives its address and a key."""
    (folder / "valkey").mkdir()
    broker = Valkey(folder / "valkey")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "ORRERY_DATA_DIR": str(folder),
        "ORRERY_BROKER_URL": broker.url,
        "ORRERY_RATE_LIMIT": "1000000/minute",
        "ORRERY_MIN_FREE_BYTES": "0",
        "ORRERY_LOG_LEVEL": "WARNING",
    }
    url = f"sqlite:///{folder / 'orrery.db'}"
    migrate.upgrade(url)
    database = open_database(url)
    with database.begin() as session:
        _, key = keys.create(session, "fuzz", ["admin"])
    command = [sys.executable, "-m", "cli", "api", "--port", str(port), "--workers", "1"]
    server = Server(command, folder / "log", signal.SIGTERM, None)
    with patch.dict(os.environ, settings):
        server.start()
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(address), "gunicorn's start")
        with _working(database):
            yield address, key
    finally:
        server.stop(signal.SIGTERM)
        broker.kill()
        database.dispose()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def _working(database: Database) -> Iterator[None]:
    """Give pictures their results, so that there is something to ask for."""
    done = Event()

    def work() -> None:
        while not done.wait(LOOK):
            work_off(database)

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _environment() -> dict[str, str]:
    # It runs where its reports do no harm, and finds our hooks from there.
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


def fuzz(*options: str) -> int:
    """Run Schemathesis on a service of its own; its exit status."""
    with scratch() as folder, served(folder) as (address, key):
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)]
        command += ["run", f"{address}/openapi.json", "--header", f"Authorization: Bearer {key}"]
        command += ["--checks", "all", "--continue-on-failure", "--generation-database", "none"]
        command += options
        return subprocess.run(command, check=False, cwd=folder, env=_environment()).returncode
