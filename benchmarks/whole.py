"""Batches through a whole service on PostgreSQL: API, broker, workers and scheduler."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_bytes
from unittest.mock import patch

from PIL import Image
from sqlalchemy import text

from benchmarks import servers
from benchmarks.stubs import WAIT
from cli.client import Client
from store.session import open_database

#: Bytes of a picture; pictures for each worker that waits, and of a chunk.
PICTURE, EACH, CHUNK = 2000, 160, 32
#: What a batch of a hundred thousand would else be refused for.
ROOM = {
    "ORRERY_MAX_FILES": "100000",
    "ORRERY_MAX_PENDING": "1000000",
    "ORRERY_MAX_PENDING_PER_KEY": "1000000",
    "ORRERY_MAX_BODY_BYTES": "1000000000",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch sent as one archive: seconds until it was accepted, and until its last result."""

    pictures: int
    accepted: float
    ended: float

    @property
    def each(self) -> float:
        """Milliseconds a picture."""
        return 1e3 * self.ended / self.pictures


@dataclass(frozen=True, slots=True)
class Fleet:
    """Worker processes whose pictures only wait: pictures a second, and those of waiting alone.

    `connections`: to the database, of all parts of the service together.
    """

    workers: int
    rate: float
    ideal: float
    connections: int


def batches(url: str, key: str, folder: Path, sizes: Sequence[int]) -> list[Batch]:
    """Have batches carried out by one worker whose solver takes no time."""
    with (
        patch.dict(os.environ, ROOM | {"ORRERY_SOLVER": "benchmarks.stubs:instant"}),
        servers.api(url, key, folder, workers=1) as address,
        Client(address.url, key) as client,
    ):
        _batch(client, folder, 100)
        return [_median(client, folder, size) for size in sizes]


def fleet(url: str, key: str, folder: Path, workers: int) -> Fleet:
    """Have a batch carried out by several workers that only wait, as if each had a core."""
    with (
        patch.dict(os.environ, ROOM | {"ORRERY_SOLVER": "benchmarks.stubs:waiting"}),
        servers.api(url, key, folder, workers=workers) as address,
        Client(address.url, key) as client,
    ):
        _batch(client, folder, CHUNK * workers)
        size = EACH * workers
        taken = _batch(client, folder, size)
        connections = _connections(url)
    return Fleet(workers, size / (taken.ended - taken.accepted), workers / WAIT, connections)


def _median(client: Client, folder: Path, size: int) -> Batch:
    """The median of as many batches as a thousand pictures make, five at most."""
    found = [_batch(client, folder, size) for _ in range(max(1, min(5, 1000 // size)))]
    return sorted(found, key=lambda it: it.ended)[len(found) // 2]


def _batch(client: Client, folder: Path, size: int) -> Batch:
    archive, pixel = folder / "batch.zip", _pixel()
    with zipfile.ZipFile(archive, "w") as file:
        for n in range(size):
            file.writestr(f"{n}.png", pixel + token_bytes(PICTURE - len(pixel)))
    begin = time.perf_counter()
    job = client.submit([archive])
    accepted = time.perf_counter() - begin
    job = client.wait(job)
    if job["status"] != "succeeded" or job["done"] != size or job["failed"]:
        raise RuntimeError(f"the service did not solve all: {job}")
    return Batch(size, accepted, accepted + _between(job["created_at"], job["finished_at"]))


def _pixel() -> bytes:
    """A picture, behind whose end anything may stand."""
    file = io.BytesIO()
    Image.new("L", (1, 1)).save(file, "png")
    return file.getvalue()


def _between(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def _connections(url: str) -> int:
    query = "SELECT count(*) - 1 FROM pg_stat_activity WHERE application_name = 'orrery'"
    database = open_database(url)
    with database.read() as session:
        found = session.execute(text(query)).scalar_one()
    database.dispose()
    return int(found)
