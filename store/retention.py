"""What the sweeper removes: old jobs with their results, then blobs that nothing refers to."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, union, union_all
from sqlalchemy.orm import Session
from sqlmodel import col

from store.blobs import Blobs
from store.clock import now
from store.session import Database
from store.states import OPEN_JOB
from store.tables import Dataset, DatasetImage, Evaluation, Item, Job, Model, Result

#: Seconds that a blob may lie around before a row must refer to it; between the two lies no more
#: than the end of a request, and a clock that is set an hour on. A deleted job's pictures stay that
#: long, too.
GRACE_SECONDS = 2 * 3600.0
#: Jobs, and pictures, in one transaction: on SQLite nobody else can write meanwhile.
_JOBS, _PICTURES = 10, 1000
#: Blobs in one query.
_BLOBS = 500
#: Every column that names a blob.
_REFERENCES = (
    Item.blob,
    Result.thumbnail,
    DatasetImage.blob,
    Dataset.labels,
    Model.blob,
    Evaluation.outcomes,
)


def expire_pictures(session: Session, retention_days: float, limit: int = _PICTURES) -> int:
    """Delete pictures and results of jobs that ended longer ago than that; gives their number.

    0 days keep everything.
    """
    if retention_days <= 0:
        return 0
    old = (
        select(col(Item.id))
        .join(Job, col(Job.id) == col(Item.job_id))
        .where(*_ended_before(session, retention_days))
        .limit(limit)
    )
    statement = delete(Item).where(col(Item.id).in_(old))
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def expire_jobs(session: Session, retention_days: float, limit: int = _JOBS) -> list[str]:
    """Delete jobs that ended longer ago than that, with what they have left; gives their ids.

    0 days keep everything. Evaluations stay.
    """
    if retention_days <= 0:
        return []
    old = (
        select(col(Job.id))
        .where(*_ended_before(session, retention_days))
        .order_by(col(Job.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    job_ids = list(session.scalars(old))
    session.execute(delete(Job).where(col(Job.id).in_(job_ids)))
    return job_ids


def _ended_before(session: Session, days: float) -> tuple[ColumnElement[bool], ...]:
    before = now(session) - timedelta(days=days)
    return col(Job.finished_at) < before, col(Job.status).not_in(OPEN_JOB)


def unreferenced(session: Session, blobs: Iterable[str]) -> set[str]:
    """Give those of the blobs that no picture, result, dataset, model or evaluation refers to."""
    wanted = set(blobs)
    queries = (select(column).where(column.in_(wanted)) for column in map(col, _REFERENCES))
    return wanted - set(session.scalars(union_all(*queries)))


def referenced(session: Session) -> Iterator[str]:
    """Walk over all blobs that something refers to, each once."""
    queries = [select(column).where(column.is_not(None)) for column in map(col, _REFERENCES)]
    return iter(session.scalars(union(*queries).execution_options(yield_per=1000)))


def sweep_blobs(
    database: Database, blobs: Blobs, grace_seconds: float = GRACE_SECONDS
) -> list[str]:
    """Delete the blobs that nothing refers to and that are older than the grace time.

    Storing the same content again makes a blob young again, so that one which is about to be
    referred to is never deleted.
    """
    before = datetime.now(UTC) - timedelta(seconds=grace_seconds)
    removed = []
    for batch in blobs.older_than(before, _BLOBS):
        with database.read() as session:
            orphans = unreferenced(session, batch)
        removed += [sha for sha in sorted(orphans) if blobs.delete_stale(sha, before)]
    return removed
