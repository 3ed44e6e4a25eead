"""Starts `orrery up` as a process of its own, and stops it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cli import tether
from cli.errors import CliError

#: Seconds that the service has to stop by itself before it is killed.
GRACE = 60


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service listens, and the key it answers to."""

    url: str
    api_key: str


@contextmanager
def running(data: Path, workers: int | None = None) -> Iterator[Address]:
    """Run the whole service on a free port while the block runs; it keeps its files in `data`.

    Raises CliError when the service ends before it is ready.
    """
    data.mkdir(parents=True, exist_ok=True)
    log = data / "up.log"
    with log.open("wb") as errors:
        process = _start(data, workers, errors)
        try:
            yield _ready(process, log)
        finally:
            _stop(process)


def _start(data: Path, workers: int | None, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    # Tethered: however this process ends, the service does not outlive it.
    leash = [sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid())]
    command = [sys.executable, "-P", "-m", "cli", "up", "--json", "--port", "0"]
    command += ["--data", str(data)]
    if workers:
        command += ["--workers", str(workers)]
    # A session of its own: Ctrl-C reaches this process alone, which then stops the service.
    return subprocess.Popen(  # noqa: S603 - our own command
        [*leash, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=_environment(),
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    # What points at another service must not lead this one there.
    others = {"ORRERY_DATABASE_URL", "ORRERY_BROKER_URL", "ORRERY_BLOB_URL", "ORRERY_DATA_DIR"}
    return {name: value for name, value in os.environ.items() if name not in others}


def _ready(process: subprocess.Popen[bytes], log: Path) -> Address:
    line = process.stdout.readline() if process.stdout else b""
    if not line:
        tail = log.read_text("utf-8", "replace").strip().splitlines()[-5:]
        raise CliError("\n".join(["the service did not start; its last words:", *tail]))
    told = json.loads(line)
    return Address(told["url"], told["api_key"])


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if process.stdout is not None:
            process.stdout.close()
