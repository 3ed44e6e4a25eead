"""What must hold after every fault, asked of the database itself.

Triggers write down each result, each end of a job and each cancel in the order in which they were
committed, so that what was undone again is seen, too.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, text
from sqlmodel import col

from store import retention
from store.blobs import Blobs
from store.session import Database
from store.states import OPEN_ITEM, OPEN_JOB, ChunkState, JobStatus
from store.tables import Chunk, Item, Job, Result
from tests.faults.vision import expected
from tests.servers import wait_until

#: Seconds by which the files are made older, so that the sweep sees what it would see some day.
LATER = 3 * 24 * 3600
#: Seconds in which a worker comes to its end.
PATIENCE = 600.0

_ENDED = "('succeeded', 'failed', 'cancelled')"
_SQLITE = f"""
CREATE TABLE seen (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, job TEXT, item INTEGER);
CREATE TRIGGER seen_result AFTER INSERT ON result BEGIN
    INSERT INTO seen (kind, job, item) VALUES ('result', NEW.job_id, NEW.item_id); END;
CREATE TRIGGER seen_end AFTER UPDATE ON job
    WHEN NEW.status IN {_ENDED} AND OLD.status NOT IN {_ENDED} BEGIN
    INSERT INTO seen (kind, job) VALUES ('end', NEW.id); END;
CREATE TRIGGER seen_cancel AFTER UPDATE ON job
    WHEN NEW.cancel_requested AND NOT OLD.cancel_requested BEGIN
    INSERT INTO seen (kind, job) VALUES ('cancel', NEW.id); END
"""
_POSTGRESQL = f"""
CREATE TABLE seen (number BIGSERIAL PRIMARY KEY, kind TEXT, job TEXT, item BIGINT);
CREATE FUNCTION see_result() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO seen (kind, job, item) VALUES ('result', NEW.job_id, NEW.item_id);
    RETURN NULL; END $$;
CREATE FUNCTION see_job() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO seen (kind, job) VALUES (TG_ARGV[0], NEW.id); RETURN NULL; END $$;
CREATE TRIGGER seen_result AFTER INSERT ON result FOR EACH ROW EXECUTE FUNCTION see_result();
CREATE TRIGGER seen_end AFTER UPDATE ON job FOR EACH ROW
    WHEN (NEW.status IN {_ENDED} AND OLD.status NOT IN {_ENDED})
    EXECUTE FUNCTION see_job('end');
CREATE TRIGGER seen_cancel AFTER UPDATE ON job FOR EACH ROW
    WHEN (NEW.cancel_requested AND NOT OLD.cancel_requested)
    EXECUTE FUNCTION see_job('cancel')
"""


@dataclass(slots=True)
class Verdict:
    """How many pictures have no result or more than one, and every promise that is broken."""

    lost: int = 0
    doubled: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether every promise holds."""
        return not (self.lost or self.doubled or self.broken)


def observe(database: Database) -> None:
    """Begin to write down what happens in a database."""
    if database.engine.dialect.name == "postgresql":
        with database.begin() as session:
            session.connection().exec_driver_sql(_POSTGRESQL)
        return
    with database.begin() as session:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        for statement in _statements(_SQLITE):
            driver.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, of which triggers hold more than one semicolon."""
    statement = ""
    for piece in script.strip().split(";\n"):
        statement += piece + ";\n"
        if "BEGIN" not in statement or "END" in piece:
            yield statement
            statement = ""


def open_jobs(database: Database) -> int:
    """How many jobs have not ended."""
    with database.read() as session:
        query = select(func.count()).select_from(Job).where(col(Job.status).in_(OPEN_JOB))
        return int(session.scalar(query) or 0)


def held_leases(database: Database) -> int:
    """How many chunks a worker still has, though only to close them."""
    held = (col(Chunk.state) == ChunkState.LEASED.value) | col(Chunk.token).is_not(None)
    with database.read() as session:
        return int(session.scalar(select(func.count()).select_from(Chunk).where(held)) or 0)


def judge(
    database: Database, blobs: Blobs, place: Path | None, accepted: Mapping[str, Sequence[str]]
) -> Verdict:
    """Hold what is in the store against what was accepted: by job, what its pictures say.

    `place`: the folder of the blobs; None where they are in a bucket, which is not looked at.
    """
    verdict = Verdict()
    for look in (_jobs, _results, _order, _leases):
        look(database, accepted, verdict)
    if place is not None:
        _blobs(database, blobs, place, verdict)
    return verdict


def _jobs(database: Database, accepted: Mapping[str, Sequence[str]], verdict: Verdict) -> None:
    with database.read() as session:
        found = {job.id: job for job in session.scalars(select(Job))}
        open_items = select(func.count()).where(col(Item.state).in_(OPEN_ITEM))
        waiting = session.scalar(open_items)
    if gone := accepted.keys() - found.keys():
        verdict.broken.append(f"{len(gone)} accepted jobs are not there")
        verdict.lost += sum(len(accepted[job_id]) for job_id in gone)
    if unended := [job for job in found.values() if job.status in OPEN_JOB]:
        verdict.broken.append(f"{len(unended)} jobs have not ended")
    if waiting:
        verdict.broken.append(f"{waiting} pictures still wait")
    for job in found.values():
        if job.status == JobStatus.SUCCEEDED and job.done != job.total:
            verdict.broken.append(f"{job.id} succeeded with {job.done} of {job.total}")
        if job.id in accepted and job.status == JobStatus.FAILED:
            verdict.broken.append(f"{job.id} failed: {job.error}")


def _results(database: Database, accepted: Mapping[str, Sequence[str]], verdict: Verdict) -> None:
    with database.read() as session:
        table = select(
            col(Result.job_id), col(Result.position), col(Result.tile), col(Result.error_code)
        )
        rows = session.execute(table).all()
        cancelled = set(
            session.scalars(select(col(Job.id)).where(col(Job.status) == JobStatus.CANCELLED))
        )
    given: dict[str, dict[int, int | str | None]] = {job_id: {} for job_id in accepted}
    for job_id, position, tile, code in rows:
        given.setdefault(job_id, {})[position] = code or tile
    for job_id, texts in accepted.items():
        mine = given[job_id]
        verdict.lost += 0 if job_id in cancelled else len(texts) - len(mine)
        wrong = {n: said for n, said in mine.items() if said != expected(texts[n])}
        if wrong:
            verdict.broken.append(
                f"{job_id}: {len(wrong)} wrong results, such as {min(wrong.items())}"
            )


def _order(database: Database, _accepted: Mapping[str, Sequence[str]], verdict: Verdict) -> None:
    with database.read() as session:
        rows = session.execute(text("SELECT kind, job, item FROM seen ORDER BY number")).all()
        ids = set(session.scalars(select(col(Job.id))))
    results = Counter(item for kind, _, item in rows if kind == "result")
    verdict.doubled += sum(count - 1 for count in results.values())
    ends = Counter(job for kind, job, _ in rows if kind == "end")
    if uneven := [job for job in ids if ends[job] != 1]:
        verdict.broken.append(f"{len(uneven)} jobs did not end exactly once")
    cancelled: set[str] = set()
    late = 0
    for kind, job, _ in rows:
        cancelled |= {job} if kind == "cancel" else set()
        late += kind == "result" and job in cancelled
    if late:
        verdict.broken.append(f"{late} results after a cancel")


def _leases(database: Database, _accepted: Mapping[str, Sequence[str]], verdict: Verdict) -> None:
    # The scheduler may end a job before the worker of its last picture has closed the chunk.
    if count := _in_the_end(lambda: held_leases(database)):
        verdict.broken.append(f"{count} leases are still held")


def _blobs(database: Database, blobs: Blobs, place: Path, verdict: Verdict) -> None:
    """Sweep, and compare files and rows."""
    # Who lost its lease, or the race for an evaluation's end, may still store what nobody wants.
    if orphans := _in_the_end(lambda: _orphans(database, blobs, place)):
        verdict.broken.append(f"{orphans} orphan blobs")
    with database.read() as session:
        needed = set(session.scalars(select(col(Item.blob))))
        needed |= set(session.scalars(select(col(Result.thumbnail)))) - {None}
    if missing := needed - {path.name for path in _files(place)}:
        verdict.broken.append(f"{len(missing)} blobs are missing")


def _in_the_end(count: Callable[[], int]) -> int:
    """What is counted once that is nothing any more, or once nobody waits for it any longer."""
    with suppress(AssertionError):
        wait_until(lambda: not count(), "the end of all work", PATIENCE)
    return count()


def _orphans(database: Database, blobs: Blobs, place: Path) -> int:
    """Let the time pass that unfinished uploads have, sweep, and count what should be gone."""
    age = time.time() - LATER
    for path in _files(place):
        with suppress(FileNotFoundError):
            os.utime(path, (age, age))
    retention.sweep_blobs(database, blobs)
    there = {path.name for path in _files(place)}
    with database.read() as session:
        return len(there - set(retention.referenced(session)))


def _files(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]
