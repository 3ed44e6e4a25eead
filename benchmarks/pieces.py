"""What carrying out pictures costs database, broker and picture store, piece by piece.

A worker's own loop runs over a solver that takes no time, so that all that is left is the service.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from statistics import median

from sqlalchemy import text

from benchmarks.stubs import instant
from benchmarks.transactions import timed
from store import jobs, presence
from store.accept import NewItem
from store.blobs import Blobs
from store.broker import Publisher
from store.leases import LeasedItem, NewResult
from store.presence import WORKER, Hello
from store.queues import MAINTENANCE
from store.session import Database
from store.tables import Job
from worker.results import to_result
from worker.run import Runner
from worker.stopwatch import Stopwatch

#: Chunks that are carried out for a figure, and pictures of each.
CHUNKS, CHUNK = 30, 32
#: Bytes of a picture; blobs, messages and commits for a figure.
PICTURE, BLOBS, MESSAGES, COMMITS, WRITTEN = 50_000, 200, 2000, 200, 2**28


@dataclass(frozen=True, slots=True)
class Carried:
    """Pictures carried out in micro-batches of a size by one worker process without a solver.

    Of each picture: seconds, seconds of the worker's processor and of the database's (0 where that
    is no process of its own), bytes of its journal, transactions, and the seconds that the job's
    row is locked until the commits begin, going by the median transaction.
    """

    micro_batch: int
    seconds: float
    worker: float
    database: float
    journal: float
    transactions: float
    locked: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The other pieces: seconds of a commit that waits for the disk, and rates a second.

    `messages`: for chunks, by one process. `stored`, `read`: blobs of `PICTURE` bytes; a stored one
    is one of a batch. `written`: bytes of one large file on the disk.
    """

    commit: float
    messages: float
    hellos: float
    stored: float
    read: float
    written: float


def carry(database: Database, key_id: str, micro_batch: int) -> Carried:
    """Accept a job, and carry out as many chunks as it has."""
    chunk_ids = _accept(database, key_id)
    runner, server = _runner(database, micro_batch), _server(database)
    before = _clocks(database, server)
    with timed(database) as taken:
        for chunk_id in chunk_ids:
            runner.run(chunk_id)
    after = _clocks(database, server)
    pictures = CHUNKS * CHUNK
    seconds, worker, served, journal = (
        (b - a) / pictures for a, b in zip(before, after, strict=True)
    )
    count = len(taken) / pictures
    return Carried(micro_batch, seconds, worker, served, journal, count, count * median(taken))


def _accept(database: Database, key_id: str) -> list[int]:
    items = [NewItem(f"{n}.jpg", f"{n:064x}") for n in range(CHUNKS * CHUNK)]
    with database.begin() as session:
        job, _ = jobs.accept(session, key_id, "solve", items, chunk_size=CHUNK)
        found = session.execute(
            text("SELECT id FROM chunk WHERE job_id = :job ORDER BY id"), {"job": job.id}
        )
        return list(found.scalars())


def _runner(database: Database, micro_batch: int) -> Runner:
    solver, stopwatch = instant(None, "cpu", 1), Stopwatch()

    def execute(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        for stage in ("read", "thumbnails"):
            with stopwatch.time(stage):
                pass
        with stopwatch.time("solve"):
            outcomes = solver.solve([b""] * len(items))
        pairs = zip(items, outcomes, strict=True)
        return [to_result(item.id, outcome, solver.model_id, 0.05) for item, outcome in pairs]

    return Runner(
        database=database,
        executors={"solve": execute},
        choose_model=lambda _session: solver.model_id,
        owner="benchmark",
        lease_seconds=60.0,
        micro_batch=micro_batch,
        draining=threading.Event(),
        stopwatch=stopwatch,
    )


def _clocks(database: Database, server: int | None) -> tuple[float, float, float, float]:
    """Seconds, seconds of this process and of the server's, bytes of its journal, so far."""
    return time.perf_counter(), time.process_time(), _spent(server), _journal(database)


def _server(database: Database) -> int | None:
    """The main process of the database's server, where it runs on this machine."""
    if database.engine.dialect.name == "sqlite":
        return None
    with database.read() as session:
        folder = Path(session.execute(text("SHOW data_directory")).scalar_one())
    return int((folder / "postmaster.pid").read_text().split()[0])


def _spent(server: int | None) -> float:
    """Seconds of processor that the processes of a server have taken."""
    found = (_stat(file) for file in Path("/proc").glob("[0-9]*/stat")) if server else ()
    return sum(ticks for parent, ticks in found if parent == server) / os.sysconf("SC_CLK_TCK")


def _stat(file: Path) -> tuple[int, int]:
    """The parent of a process, and the ticks of processor that it has taken."""
    try:
        fields = file.read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0
    return int(fields[1]), int(fields[11]) + int(fields[12])


def _journal(database: Database) -> float:
    if database.engine.dialect.name == "sqlite":
        return 0.0
    with database.read() as session:
        place = text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
        return float(session.execute(place).scalar_one())


def pieces(database: Database, broker_url: str, folder: Path) -> Pieces:
    """Measure all other pieces; blobs go to a folder."""
    publisher, client = Publisher(broker_url), presence.connect(broker_url)
    blobs = Blobs(str(folder / "pieces"))
    pictures = [token_bytes(PICTURE) for _ in range(BLOBS)]
    begin = time.perf_counter()
    with blobs.batch() as batch:
        names = [batch.put(picture) for picture in pictures]
    stored = BLOBS / (time.perf_counter() - begin)
    hello = Hello("benchmark:1", "stub@0123456789ab", "cpu")
    publisher.publish([0], MAINTENANCE)
    found = Pieces(
        commit=_commit(database),
        messages=_rate(lambda n: publisher.publish([n], MAINTENANCE), MESSAGES),
        hellos=_rate(lambda _: presence.say(client, WORKER, hello), MESSAGES),
        stored=stored,
        read=_rate(lambda n: blobs.get(names[n]), BLOBS),
        written=_written(folder / "written"),
    )
    presence.leave(client, WORKER, hello.name)
    client.delete(MAINTENANCE)
    client.close()
    publisher.close()
    return found


def _rate(call: Callable[[int], object], times: int) -> float:
    begin = time.perf_counter()
    for n in range(times):
        call(n)
    return times / (time.perf_counter() - begin)


def _written(path: Path) -> float:
    data = token_bytes(WRITTEN)
    begin = time.perf_counter()
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    seconds = time.perf_counter() - begin
    path.unlink()
    return WRITTEN / seconds


def _commit(database: Database) -> float:
    """The median time of a transaction that writes one small row."""
    taken = []
    for _ in range(COMMITS):
        begin = time.perf_counter()
        with database.begin() as session:
            session.execute(
                text("INSERT INTO tally (name, label, part, value) VALUES ('bench', '', '', 0)")
            )
        taken.append(time.perf_counter() - begin)
    with database.begin() as session:
        session.execute(text("DELETE FROM tally WHERE name = 'bench'"))
    return median(taken)
