"""The end of a job, told once: nothing is pending, and a compare-and-set writes the status."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, case, exists, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store import datasets
from store.clock import now
from store.locks import lock_free_job, lock_job
from store.states import (
    CHUNK,
    ITEM,
    JOB,
    OPEN_ITEM,
    OPEN_JOB,
    ChunkState,
    ItemState,
    JobKind,
    JobStatus,
)
from store.tables import Chunk, Item, Job

log = logging.getLogger(__name__)

#: Kinds of job that end without a closing act: all that they come to is written with their results.
PLAIN = (JobKind.SOLVE, JobKind.IMPORT, JobKind.RETRAIN)


@dataclass(frozen=True, slots=True)
class Finishable:
    """A job of which no picture awaits a result any more, and that has not ended yet."""

    job_id: str
    kind: str
    cancelled: bool


def finishable(
    session: Session, limit: int = 100, *, job_id: str | None = None
) -> list[Finishable]:
    """List jobs that can be finished, oldest first; `job_id`: only that one, if it can."""
    only = () if job_id is None else (col(Job.id) == job_id,)
    return _finishable(session, *only, limit=limit)


def _finishable(session: Session, *only: ColumnElement[bool], limit: int = 100) -> list[Finishable]:
    query = (
        select(col(Job.id), col(Job.kind), col(Job.cancel_requested))
        .where(col(Job.status).in_(OPEN_JOB), _nothing_open(), *only)
        .order_by(col(Job.id))
        .limit(limit)
    )
    return [Finishable(*row) for row in session.execute(query)]


def finish(session: Session, job_id: str) -> bool:
    """End the job if nothing of it is pending; tell whether this call ended it.

    What is to be written once at a job's end belongs into the same transaction, after a True.
    """
    ended = case((col(Job.cancel_requested), "cancelled"), else_="succeeded")
    statement = (
        update(Job)
        .where(col(Job.id) == job_id, col(Job.status).in_(OPEN_JOB), _nothing_open())
        .values(status=ended, finished_at=now(session))
        .execution_options(synchronize_session=False)
    )
    session.flush()
    # PostgreSQL would look for open pictures as they were before it waited for the job's row.
    lock_job(session, job_id)
    done = cast("CursorResult[Any]", session.execute(statement)).rowcount == 1
    if done:
        job = session.get_one(Job, job_id, populate_existing=True)
        leave_dataset(session, job)
        _tell_end(job)
    return done


def leave_dataset(session: Session, job: Job) -> None:
    """Let no dataset wait for ever for a check that has ended, such as one that was cancelled."""
    if job.kind == JobKind.IMPORT and job.dataset_id is not None:
        datasets.abandon(session, job.dataset_id)


def _nothing_open() -> ColumnElement[bool]:
    return ~exists().where(col(Item.job_id) == col(Job.id), col(Item.state).in_(OPEN_ITEM))


def finish_ready(session: Session, kinds: Collection[str] = PLAIN) -> list[str]:
    """Finish every job of these kinds that can be, and every cancelled one; list their ids.

    What somebody else has locked is left to the next time, so that it holds up no other job.
    """
    ready = _finishable(session, or_(col(Job.cancel_requested), col(Job.kind).in_(kinds)))
    free = (job.job_id for job in ready if lock_free_job(session, job.job_id) is not None)
    return [job_id for job_id in free if finish(session, job_id)]


def fail(session: Session, job_id: str, code: str, message: str) -> bool:
    """End a job that cannot be carried out as a whole; the results it has stay.

    Pictures without a result are cancelled and leases end. False when it had ended already.
    """
    job = lock_job(session, job_id)
    if job is None or job.status not in OPEN_JOB:
        return False
    cancel_open(session, job_id)
    end_chunks(session, job_id)
    job.status = JOB.step(job.status, JobStatus.FAILED)
    job.error = {"code": code, "message": message}
    job.finished_at = now(session)
    session.flush()
    leave_dataset(session, job)
    _tell_end(job)
    return True


def _tell_end(job: Job) -> None:
    told = {
        "job_id": job.id,
        "request_id": job.request_id,
        "status": job.status,
        "pictures": job.total,
        "failed": job.failed,
    }
    log.info("job ended", extra=told)


def cancel_open(session: Session, job_id: str) -> None:
    """Cancel every picture that has no result. The job is locked."""
    sources = ITEM.sources(ItemState.CANCELLED)
    session.execute(
        update(Item)
        .where(col(Item.job_id) == job_id, col(Item.state).in_(sources))
        .values(state=ItemState.CANCELLED.value)
        .execution_options(synchronize_session=False)
    )


def end_chunks(session: Session, job_id: str) -> None:
    """Cancel every chunk with nothing in flight, and its lease with it. The job is locked."""
    session.flush()
    in_flight = exists().where(
        col(Item.chunk_id) == col(Chunk.id), col(Item.state) == ItemState.IN_FLIGHT.value
    )
    sources = CHUNK.sources(ChunkState.CANCELLED)
    session.execute(
        update(Chunk)
        .where(col(Chunk.job_id) == job_id, col(Chunk.state).in_(sources), ~in_flight)
        .values(state=ChunkState.CANCELLED.value, token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
