"""The verbs on jobs. `key_id` None stands for the administrator, who sees every job."""

from dataclasses import dataclass

from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store import paging
from store.accept import RETRY_AFTER, Limits, NewItem, accept, made_before, pending
from store.errors import NotFound
from store.finish import (
    Finishable,
    end_chunks,
    fail,
    finish,
    finish_ready,
    finishable,
    leave_dataset,
)
from store.locks import lock_job
from store.paging import Page
from store.quarantine import release_quarantined
from store.states import ITEM, OPEN_JOB, ItemState, JobStatus
from store.tables import Item, Job

__all__ = [
    "RETRY_AFTER",
    "Counts",
    "Finishable",
    "Limits",
    "NewItem",
    "accept",
    "cancel",
    "counts",
    "delete",
    "fail",
    "finish",
    "finish_ready",
    "finishable",
    "get",
    "item",
    "made_before",
    "page",
    "pending",
    "release_quarantined",
]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs there are by status, and how many pictures await a result."""

    jobs: dict[str, int]
    pending: int


def get(session: Session, key_id: str | None, job_id: str) -> Job:
    """Read a job; raises `NotFound`, also when it is another key's."""
    job = session.get(Job, job_id, populate_existing=True)
    return _mine(job, key_id, job_id)


def _mine(job: Job | None, key_id: str | None, job_id: str) -> Job:
    if job is None or key_id not in (None, job.key_id):
        raise NotFound(f"there is no job {job_id}")
    return job


def page(
    session: Session,
    key_id: str | None,
    limit: int,
    cursor: str | None = None,
    *,
    kind: str | None = None,
    status: str | None = None,
) -> Page[Job]:
    """List jobs, newest first; raises `InvalidCursor`."""
    query = select(Job).order_by(col(Job.id).desc()).limit(limit + 1)
    for column, wanted in ((Job.key_id, key_id), (Job.kind, kind), (Job.status, status)):
        if wanted is not None:
            query = query.where(col(column) == wanted)
    if cursor is not None:
        query = query.where(col(Job.id) < paging.decode(cursor, str))
    return paging.cut(session.scalars(query).all(), limit, lambda job: job.id)


def item(session: Session, key_id: str | None, job_id: str, position: int) -> Item:
    """Read one picture of a job, for its name and blob; raises `NotFound`."""
    get(session, key_id, job_id)
    query = select(Item).where(col(Item.job_id) == job_id, col(Item.position) == position)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(f"job {job_id} has no picture {position}")
    return found


def cancel(session: Session, key_id: str | None, job_id: str) -> Job:
    """Stop a job: what is pending is cancelled at once, results stay.

    It ends when nothing is in flight any more, maybe at once. A job that has ended is given back
    as it is. Raises `NotFound`.
    """
    job = _mine(lock_job(session, job_id), key_id, job_id)
    if job.status not in OPEN_JOB or job.cancel_requested:
        return job
    job.cancel_requested = True
    sources = [s for s in ITEM.sources(ItemState.CANCELLED) if s != ItemState.IN_FLIGHT]
    session.execute(
        update(Item)
        .where(col(Item.job_id) == job_id, col(Item.state).in_(sources))
        .values(state=ItemState.CANCELLED.value)
        .execution_options(synchronize_session=False)
    )
    end_chunks(session, job_id)
    finish(session, job_id)
    return job


def delete(session: Session, key_id: str | None, job_id: str) -> None:
    """Remove a job with its pictures and results, running or not; raises `NotFound`.

    Its blobs go later, with the sweeper, when nothing else refers to them.
    """
    leave_dataset(session, _mine(lock_job(session, job_id), key_id, job_id))
    session.execute(sql_delete(Job).where(col(Job.id) == job_id))


def counts(session: Session, key_id: str | None = None) -> Counts:
    """Count jobs by status, and the pictures that await a result, of one key or in all."""
    query = select(col(Job.status), func.count()).group_by(col(Job.status))
    if key_id is not None:
        query = query.where(col(Job.key_id) == key_id)
    found = dict(session.execute(query).all())
    counted = {status.value: found.get(status, 0) for status in JobStatus}
    return Counts(counted, pending(session, key_id))
