"""`python -m benchmarks.curves`: what a picture costs by batch, by workers, by what waits.

The solver takes no time, so that the cost is the service's own, or waits as long as a core would
solve. All of it runs on this machine, on PostgreSQL.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import cast

import click
from sqlalchemy import delete

from benchmarks import pieces, record, servers, whole
from benchmarks.pieces import Carried, Pieces
from benchmarks.whole import CHUNK, Batch, Fleet
from cli import valkey
from cli.console import note, table
from store import figures, jobs, keys, migrate
from store.accept import NewItem
from store.broker import Publisher
from store.session import Database, open_database
from store.tables import Job
from worker.dispatcher import Dispatcher

#: Worker processes, pictures that wait, pictures of a micro-batch.
WORKERS, QUEUES, MICRO_BATCHES = (1, 2, 4, 8), (0, 1000, 10_000, 100_000), (1, 2, 4, 8, 16, 32)
#: Pictures of a micro-batch as workers have them; how often a step is measured.
MICRO_BATCH, TIMES = 8, 5


@dataclass(frozen=True, slots=True)
class Queue:
    """What a picture costs while others wait: carried out, and milliseconds of single steps.

    `accepting`: a job of ten pictures. `dispatching`, `finishing`: steps of the dispatcher's round.
    `figures`: what metrics are made of.
    """

    waiting: int
    carried: Carried
    accepting: float
    dispatching: float
    finishing: float
    figures: float


@dataclass(frozen=True, slots=True)
class Curves:
    """All curves, and the pieces that a picture's way is made of."""

    batches: list[Batch]
    fleets: list[Fleet]
    queues: list[Queue]
    micro_batches: list[Carried]
    pieces: Pieces
    load: float


def measure(batches: Sequence[int]) -> Curves:
    """Measure all of it, one after the other, in one database."""
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        folder = Path(name)
        with servers.postgresql(folder / "server") as url:
            key, key_id = _set_up(url)
            note("batches")
            sent = whole.batches(url, key, folder, batches)
            note("workers")
            fleets = [whole.fleet(url, key, folder, many) for many in WORKERS]
            note("queues")
            queues = [_queue(url, key_id, waiting) for waiting in QUEUES]
            note("pieces")
            carried, others = _pieces(url, key, key_id, folder)
    return Curves(sent, fleets, queues, carried, others, os.getloadavg()[0])


def _set_up(url: str) -> tuple[str, str]:
    migrate.upgrade(url)
    database = open_database(url)
    with database.begin() as session:
        row, key = keys.create(session, "benchmark", ["admin"])
    database.dispose()
    return key, row.id


def _pieces(url: str, key: str, key_id: str, folder: Path) -> tuple[list[Carried], Pieces]:
    database = open_database(url)
    carried = [pieces.carry(database, key_id, size) for size in MICRO_BATCHES]
    with servers.api(url, key, folder):
        others = pieces.pieces(database, valkey.url(folder / "broker") or "", folder)
    database.dispose()
    return carried, others


class Silent:
    """A broker that takes every message and keeps none."""

    def queue_length(self, queue: str) -> int:
        """Nothing waits here."""
        return 0

    def publish(self, chunk_ids: Sequence[int], queue: str) -> bool:
        """Take messages."""
        return True


def _queue(url: str, key_id: str, waiting: int) -> Queue:
    """Let pictures wait that no worker comes for, and work on as many more."""
    database = open_database(url)
    if waiting:
        _accept(database, key_id, waiting)
    dispatcher = Dispatcher(database, cast("Publisher", Silent()))
    found = Queue(
        waiting=waiting,
        carried=pieces.carry(database, key_id, MICRO_BATCH),
        accepting=_milliseconds(lambda: _accept(database, key_id, 10)),
        dispatching=_milliseconds(dispatcher.dispatch),
        finishing=_milliseconds(dispatcher.finish),
        figures=_milliseconds(lambda: _figures(database)),
    )
    with database.begin() as session:
        session.execute(delete(Job))
    database.dispose()
    return found


def _accept(database: Database, key_id: str, pictures: int) -> None:
    items = [NewItem(f"{n}.jpg", f"{n:064x}") for n in range(pictures)]
    limits = jobs.Limits(per_key=10**9, in_all=10**9)
    with database.begin() as session:
        jobs.accept(session, key_id, "solve", items, chunk_size=CHUNK, limits=limits)


def _figures(database: Database) -> None:
    with database.read() as session:
        figures.read(session)


def _milliseconds(step: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        step()
        taken.append(1e3 * (time.perf_counter() - begin))
    return median(taken)


def show(curves: Curves) -> None:
    """Print the tables."""
    table(
        ("pictures", "accepted, s", "ended, s", "ms a picture"),
        [(it.pictures, it.accepted, it.ended, it.each) for it in curves.batches],
    )
    one = curves.fleets[0].rate
    table(
        ("workers", "pictures/s", "of ideal", "of one worker", "connections"),
        [
            (it.workers, it.rate, it.rate / it.ideal, it.rate / one, it.connections)
            for it in curves.fleets
        ],
    )
    table(
        ("waiting", "ms a picture", "accept, ms", "dispatch, ms", "finish, ms", "figures, ms"),
        [
            (
                it.waiting,
                1e3 * it.carried.seconds,
                it.accepting,
                it.dispatching,
                it.finishing,
                it.figures,
            )
            for it in curves.queues
        ],
    )
    table(
        ("micro-batch", "ms a picture", "worker, ms", "database, ms", "locked, ms", "journal, kB"),
        [
            (it.micro_batch, *(1e3 * each for each in _seconds(it)), it.journal / 1e3)
            for it in curves.micro_batches
        ],
    )


def _seconds(it: Carried) -> tuple[float, float, float, float]:
    return it.seconds, it.worker, it.database, it.locked


@click.command(epilog="\b\nExample:\n  python -m benchmarks.curves --largest 100000")
@click.option("--largest", default=10_000, show_default=True, help="Pictures of a batch, at most.")
@record.out("curves.json")
def curves(largest: int, out: Path) -> None:
    """Measure what a picture costs by batch, by workers, by queue and by micro-batch."""
    found = measure([10**n for n in range(1, 6) if 10**n <= largest])
    show(found)
    record.write(asdict(found), out)


if __name__ == "__main__":
    curves()
