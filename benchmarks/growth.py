"""`python -m benchmarks.growth`: what lists, states and work cost while the database grows.

Each database is filled anew for each number of results, asked over HTTP (gunicorn, two processes,
one client), made to carry out pictures, and relieved of its two largest jobs.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import httpx
from sqlalchemy import select, text
from sqlmodel import col

from benchmarks import calls, pieces, record, servers
from benchmarks.calls import Call
from benchmarks.pieces import Carried
from benchmarks.rows import DAYS, Grown, grow
from benchmarks.transactions import timed
from cli.console import note, table
from cli.embedded import Address
from store.blobs import Blobs
from store.session import Database, open_database
from store.tables import Job
from worker.cleaner import Cleaner

#: Milliseconds that a call may take.
BOUND = 50.0
#: Pictures of a micro-batch, as workers have them.
MICRO_BATCH = 8


@dataclass(frozen=True, slots=True)
class Removal:
    """A job that went: its pictures, the seconds it took, those of the longest transaction."""

    pictures: int
    seconds: float
    longest: float


@dataclass(frozen=True, slots=True)
class Size:
    """A database of so many results in so many jobs, and so many bytes.

    `filling`: seconds until it was filled. `deleted`: the second largest job, over HTTP; `expired`:
    the oldest, by the cleaner. `load`: processes that wanted a core, in the last minute.
    """

    database: str
    results: int
    jobs: int
    bytes: int
    filling: float
    calls: list[Call]
    carried: Carried
    deleted: Removal
    expired: Removal
    load: float


def measure(databases: Sequence[str], results: Sequence[int], parent: Path) -> list[Size]:
    """Fill, ask, work and clean up, for each number of results in each database."""
    return [_size(name, many, parent) for name in databases for many in results]


def _size(name: str, results: int, parent: Path) -> Size:
    with tempfile.TemporaryDirectory(prefix=f"orrery-{name}-", dir=parent) as place:
        folder = Path(place)
        with _server(name, folder) as url:
            note(f"{name}: making {results:,} results")
            begin = time.perf_counter()
            grown = grow(url, results)
            filled = time.perf_counter() - begin
            note(f"{name}: asking")
            return _measured(name, url, grown, filled, folder)


@contextmanager
def _server(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'orrery.db'}"
        return
    with servers.postgresql(folder / "server") as url:
        yield url


def _measured(name: str, url: str, grown: Grown, filled: float, folder: Path) -> Size:
    database = open_database(url)
    try:
        with servers.api(url, grown.admin, folder) as address:
            asked = calls.measure(address, grown)
            size = _bytes(database)
            carried = pieces.carry(database, _key(database), MICRO_BATCH)
            deleted = _deleted(database, address, grown)
        expired = _expired(database, grown, folder)
        load = os.getloadavg()[0]
    finally:
        database.dispose()
    return Size(
        name, grown.results, grown.jobs, size, filled, asked, carried, deleted, expired, load
    )


def _bytes(database: Database) -> int:
    sqlite = database.engine.dialect.name == "sqlite"
    pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    query = pages if sqlite else "SELECT pg_database_size(current_database())"
    with database.read() as session:
        return int(session.execute(text(query)).scalar_one())


def _key(database: Database) -> str:
    with database.read() as session:
        return session.scalars(select(col(Job.key_id)).limit(1)).one()


def _deleted(database: Database, address: Address, grown: Grown) -> Removal:
    headers = {"Authorization": f"Bearer {address.api_key}"}
    begin = time.perf_counter()
    url = f"{address.url}/v1/jobs/{grown.second}"
    httpx.delete(url, headers=headers, timeout=600).raise_for_status()
    seconds = time.perf_counter() - begin
    return Removal(grown.second_size, seconds, seconds)


def _expired(database: Database, grown: Grown, folder: Path) -> Removal:
    """Let the cleaner find the oldest job past its time, as it does every ten minutes."""
    with database.read() as session:
        pictures = session.get_one(Job, grown.first).total
    cleaner = Cleaner(database, Blobs(str(folder / "blobs")), DAYS)
    with timed(database) as taken:
        cleaner.clean()
    with database.read() as session:
        assert session.get(Job, grown.first) is None
    return Removal(pictures, sum(taken), max(taken))


def show(sizes: Sequence[Size]) -> None:
    """Print the median of each call at each size, and what the rest took."""
    for name in dict.fromkeys(size.database for size in sizes):
        mine = [size for size in sizes if size.database == name]
        heads = (name, *(f"{size.results:,}" for size in mine))
        calls_of = zip(*(size.calls for size in mine), strict=True)
        rows = [(row[0].name, *(call.median for call in row)) for row in calls_of]
        rows += [
            ("carrying out, ms a picture", *(1e3 * size.carried.seconds for size in mine)),
            ("deleting a job, s", *(size.deleted.seconds for size in mine)),
            ("the cleaner's longest transaction, s", *(size.expired.longest for size in mine)),
            ("on disk, GB", *(size.bytes / 1e9 for size in mine)),
        ]
        table(heads, rows)


def slow(sizes: Sequence[Size]) -> list[str]:
    """The calls that take longer than they may, by their median."""
    return [
        f"{size.database}, {size.results:,} results: {call.name} ({call.median:.0f} ms)"
        for size in sizes
        for call in size.calls
        if call.median >= BOUND
    ]


@click.command(epilog="\b\nExample:\n  python -m benchmarks.growth --results 10000,10000000")
@click.option("--database", default="postgresql,sqlite", show_default=True, help="Which ones.")
@click.option("--results", default="10000,1000000", show_default=True, help="Numbers of results.")
@click.option(
    "--folder",
    default=tempfile.gettempdir(),
    show_default=True,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Where databases are made; 10 million results take 17 GB.",
)
@record.out("growth.json")
def growth(database: str, results: str, folder: Path, out: Path) -> None:
    """Measure calls and work in databases of growing size; exit status 1 when a call is slow."""
    found: list[Size] = []
    for name in database.split(","):
        for many in results.split(","):
            found += measure([name], [int(many)], folder)
            record.write([asdict(size) for size in found], out)
    show(found)
    late = slow(found)
    if late:
        note("\n".join([f"over {BOUND:.0f} ms:", *late]))
    raise SystemExit(1 if late else 0)


if __name__ == "__main__":
    growth()
