"""Leases that ran out, and the pictures that were in flight then.

Such a picture may have killed its worker: it goes into a chunk of its own on the isolated queue,
and after the last attempt it is quarantined with an error result, so that the job can end.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, literal_column, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store import tallies, turns
from store.clock import now
from store.finish import finish
from store.locks import lock_chunk, lock_free_job
from store.quarantine import MAX_ATTEMPTS, isolate, quarantine
from store.states import CHUNK, ITEM, ChunkState, ItemState, JobKind, LeaseState, lease_state
from store.tables import Chunk, Item, Job

log = logging.getLogger(__name__)

#: Leases that may run out before a chunk's first picture, until its pictures are blamed for it.
MAX_IDLE_ATTEMPTS = 5
#: Seconds of the longest wait before a chunk is tried again.
MAX_DELAY = 30


def expire(session: Session, limit: int = 100) -> int:
    """Take back every chunk whose lease ran out, up to `limit`; gives their number.

    What somebody else has locked is left to the next time, so that it holds up no other job.
    """
    moment = now(session)
    overdue = (
        select(col(Chunk.job_id), col(Chunk.id))
        .where(col(Chunk.state) == ChunkState.LEASED.value, col(Chunk.lease_until) <= moment)
        .order_by(col(Chunk.job_id), col(Chunk.id))
        .limit(limit)
    )
    return sum(_expire(session, job_id, chunk_id) for job_id, chunk_id in session.execute(overdue))


def lapse(session: Session, owner: str) -> bool:
    """End the lease of a holder that is known to be dead, for `expire` to take its chunk back.

    False when that owner holds none.
    """
    statement = (
        update(Chunk)
        .where(col(Chunk.state) == literal_column("'leased'"), col(Chunk.owner) == owner)
        .values(lease_until=now(session))
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount > 0


def _expire(session: Session, job_id: str, chunk_id: int) -> bool:
    job = lock_free_job(session, job_id)
    chunk = lock_chunk(session, chunk_id) if job is not None else None
    moment = now(session)
    if job is None or chunk is None or not is_expired(chunk, moment):
        return False
    take_back(session, job, chunk, moment)
    return True


def is_expired(chunk: Chunk, moment: datetime) -> bool:
    """Tell whether somebody holds the chunk longer than was agreed."""
    return lease_state(chunk.lease_until, moment) is LeaseState.OVERDUE


def take_back(session: Session, job: Job, chunk: Chunk, moment: datetime) -> None:
    """End a lease that ran out. Job and chunk are locked."""
    chunk.attempts += 1
    tallies.add(session, tallies.LEASE_EXPIRIES, label=chunk.queue)
    log.warning("lease expired", extra=_names(job, chunk) | {"attempts": chunk.attempts})
    blame(session, job, chunk, moment)
    let_go(session, job, chunk, moment)


def _names(job: Job, chunk: Chunk) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "chunk_id": chunk.id,
        "request_id": job.request_id,
        "holder": chunk.owner,
    }


def blame(session: Session, job: Job, chunk: Chunk, moment: datetime) -> None:
    """Isolate what was in flight, or quarantine it after its last attempt.

    A training only counts its attempts: it goes on where it was, and gives up by itself.
    """
    if job.cancel_requested:
        return
    for item in _blamed(session, chunk):
        item.attempts += 1
        if job.kind == JobKind.RETRAIN:
            continue
        if item.attempts >= MAX_ATTEMPTS:
            quarantine(session, job, item, moment)
        else:
            isolate(session, job, item, moment + timedelta(seconds=_delay(item.attempts)))
    session.flush()


def _delay(attempts: int) -> float:
    return min(MAX_DELAY, 2.0**attempts - 1)


def _blamed(session: Session, chunk: Chunk) -> list[Item]:
    """List what was in flight, or everything when the chunk never gets to its first picture."""
    in_flight = _items(session, chunk, ItemState.IN_FLIGHT)
    if in_flight or not (chunk.isolated or chunk.attempts >= MAX_IDLE_ATTEMPTS):
        return in_flight
    return _items(session, chunk, ItemState.PENDING)


def _items(session: Session, chunk: Chunk, state: ItemState) -> list[Item]:
    query = (
        select(Item)
        .where(col(Item.chunk_id) == chunk.id, col(Item.state) == state.value)
        .order_by(col(Item.id))
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def let_go(session: Session, job: Job, chunk: Chunk, available_at: datetime) -> None:
    """Take the lease off a chunk: ready again, or done when nothing of it is pending."""
    left = ItemState.CANCELLED if job.cancel_requested else ItemState.PENDING
    mine: ColumnElement[bool] = col(Item.chunk_id) == chunk.id
    session.execute(
        update(Item)
        .where(mine, col(Item.state) == ItemState.IN_FLIGHT.value)
        .where(col(Item.state).in_(ITEM.sources(left)))
        .values(state=left.value)
        .execution_options(synchronize_session=False)
    )
    pending = select(col(Item.id)).where(mine, col(Item.state) == ItemState.PENDING.value).limit(1)
    waits = session.scalar(pending) is not None
    if waits:
        # An old turn at the front would let whoever is numbered from there get before all others.
        chunk.turn = max(chunk.turn, turns.front(session, chunk.queue))
    chunk.state = CHUNK.step(chunk.state, ChunkState.READY if waits else ChunkState.DONE)
    chunk.token = chunk.lease_until = chunk.published_at = None
    chunk.available_at = available_at
    session.flush()
    if job.cancel_requested:
        finish(session, job.id)
