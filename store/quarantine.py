"""Pictures that workers died with: alone in a chunk first, then out of the way."""

import logging
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import tallies
from store.clock import now
from store.errors import InvalidState, NotFound
from store.locks import lock_job
from store.queues import ISOLATED
from store.states import ITEM, JOB, ChunkState, ItemState, JobKind, JobStatus
from store.tables import Chunk, Item, Job, Result

log = logging.getLogger(__name__)

#: Workers that may die with a picture before it is quarantined.
MAX_ATTEMPTS = 3
ERROR_CODE = "quarantined"


def isolate(session: Session, job: Job, item: Item, available_at: datetime) -> None:
    """Put a picture into a chunk of its own on the isolated queue. The job is locked."""
    chunk = Chunk(
        job_id=job.id,
        queue=ISOLATED,
        isolated=True,
        state=ChunkState.READY.value,
        available_at=available_at,
    )
    session.add(chunk)
    session.flush()
    item.chunk_id = chunk.id
    if item.state != ItemState.PENDING:
        item.state = ITEM.step(item.state, ItemState.PENDING)
    session.flush()


def quarantine(session: Session, job: Job, item: Item, moment: datetime) -> None:
    """Give a picture an error result in place of another attempt. The job is locked."""
    item.state = ITEM.step(item.state, ItemState.QUARANTINED)
    session.add(
        Result(
            item_id=item.id,
            job_id=job.id,
            position=item.position,
            image=item.name,
            error_code=ERROR_CODE,
            error_message=f"{item.attempts} workers stopped while they worked on this picture; "
            "it was set aside. An administrator can release it: 'orrery jobs release'.",
            created_at=moment,
        )
    )
    job.done += 1
    job.failed += 1
    tallies.add(session, tallies.RESULTS, label=f"{job.kind}/quarantined")
    told = {"job_id": job.id, "request_id": job.request_id, "position": item.position}
    log.error("picture quarantined", extra=told)
    session.flush()


def release_quarantined(session: Session, job_id: str) -> int:
    """Give the quarantined pictures of a job new attempts; gives their number.

    A solve job that had succeeded runs again. Raises `NotFound`, and `InvalidState` when the job
    ended in another way or is of another kind.
    """
    job = lock_job(session, job_id)
    if job is None:
        raise NotFound(f"there is no job {job_id}")
    query = select(Item).where(
        col(Item.job_id) == job_id, col(Item.state) == ItemState.QUARANTINED.value
    )
    items = session.scalars(query.execution_options(populate_existing=True)).all()
    if items:
        _reopen(job)
    moment = now(session)
    for item in items:
        session.execute(delete(Result).where(col(Result.item_id) == item.id))
        item.attempts = 0
        isolate(session, job, item, moment)
    job.done -= len(items)
    job.failed -= len(items)
    session.flush()
    return len(items)


def _reopen(job: Job) -> None:
    if job.cancel_requested or (job.finished_at is not None and job.kind != JobKind.SOLVE):
        raise InvalidState(f"a {job.kind} job that has ended cannot be opened again")
    if job.status != JobStatus.RUNNING:
        job.status = JOB.step(job.status, JobStatus.RUNNING)
        job.finished_at = None
