"""The API as it is served, tried by Schemathesis with every check that it has."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from store import keys, migrate
from store.session import open_database
from tests.integration.api.parts import working
from tests.servers import Server, Valkey, answers, free_port, scratch, wait_until

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
#: Seconds between two looks of what stands in for a worker.
LOOK = 0.2


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """The API under gunicorn with a database and a broker; gives its address and a key."""
    (folder / "valkey").mkdir()
    broker = Valkey(folder / "valkey")
    port = free_port()
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
        wait_until(lambda: answers(f"{address}/readyz"), "gunicorn's start")
        with working(database, pause=LOOK):
            yield address, key
    finally:
        server.stop(signal.SIGTERM)
        broker.kill()
        database.dispose()


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
