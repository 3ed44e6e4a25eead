"""Accepting a job: idempotency record, job, pictures and chunks in one transaction.

The caller owns the transaction, stores the pictures before it and publishes after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import chunking, turns
from store.clock import new_id, now
from store.errors import IdempotencyClash, InvalidState, NotFound, QueueFull
from store.insert import insert_new
from store.logs import request_id
from store.queues import queue_of
from store.states import OPEN_JOB, ChunkState, ItemState, JobKind, Priority
from store.tables import ApiKey, Chunk, Dataset, Idempotency, Item, Job
from store.texts import storable

#: Seconds after which a caller may try again when the queue is full.
RETRY_AFTER = 15


@dataclass(frozen=True, slots=True)
class NewItem:
    """A picture to work on: the client's name for it, and the blob that holds it."""

    name: str
    blob: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How many pictures may wait, for one key and in all."""

    per_key: int
    in_all: int


def accept(
    session: Session,
    key_id: str,
    kind: str,
    items: Sequence[NewItem],
    *,
    chunk_size: int,
    params: dict[str, Any] | None = None,
    dataset_id: str | None = None,
    model: str | None = None,
    priority: str = Priority.NORMAL,
    idempotency: tuple[str, str] | None = None,
    limits: Limits | None = None,
) -> tuple[Job, bool]:
    """Take on a job, and tell whether it is new.

    `chunk_size`: pictures in a chunk, 0 for as many as the pace of late suggests.
    `idempotency`: the client's key and a digest of its request; the same pair gives the job that
    it made before. `limits`: None for the service's own jobs.
    Raises `IdempotencyClash`, `QueueFull`, `NotFound` where the dataset is gone, and `InvalidState`
    when there is nothing to do.
    """
    if not items:
        raise InvalidState("a job needs at least one picture")
    # One accept at a time for a key, so that its limit and its idempotency keys are exact.
    session.get(ApiKey, key_id, with_for_update={"key_share": True})
    moment = now(session)
    job_id = new_id(moment)
    earlier = _take(session, key_id, idempotency, job_id, moment)
    if earlier is not None:
        return earlier, False
    if limits is not None:
        _check_limits(session, key_id, len(items), limits)
    if dataset_id is not None:
        _hold_dataset(session, dataset_id)
    job = Job(
        id=job_id,
        key_id=key_id,
        kind=JobKind(kind).value,
        priority=Priority(priority).value,
        total=len(items),
        params=params or {},
        dataset_id=dataset_id,
        model=model,
        request_id=request_id(),
        created_at=moment,
    )
    session.add(job)
    session.flush()
    _add_items(session, job, items, chunk_size or chunking.size(session), moment)
    return job, True


def _hold_dataset(session: Session, dataset_id: str) -> None:
    """Keep a dataset from being deleted before the job is there; raises `NotFound`."""
    if session.get(Dataset, dataset_id, with_for_update={"key_share": True}) is None:
        raise NotFound(f"there is no dataset {dataset_id}")


def _take(
    session: Session,
    key_id: str,
    idempotency: tuple[str, str] | None,
    job_id: str,
    moment: datetime,
) -> Job | None:
    """Take the idempotency key for a new job, or give the job that has it already."""
    if idempotency is None:
        return None
    name, digest = idempotency
    row = Idempotency(
        key_id=key_id, idempotency_key=name, digest=digest, job_id=job_id, created_at=moment
    )
    if insert_new(session, row):
        return None
    return made_before(session, key_id, idempotency)


def made_before(session: Session, key_id: str, idempotency: tuple[str, str]) -> Job | None:
    """Find the job that the same request made, if it did; raises `IdempotencyClash`."""
    name, digest = idempotency
    taken = session.get(Idempotency, (key_id, name), populate_existing=True)
    if taken is None:
        return None
    if taken.digest != digest:
        raise IdempotencyClash(
            f"the idempotency key {name!r} was used for another request; "
            "repeat that request unchanged, or choose a new key"
        )
    return session.get_one(Job, taken.job_id, populate_existing=True)


def _check_limits(session: Session, key_id: str, new: int, limits: Limits) -> None:
    mine = pending(session, key_id)
    if mine + new > limits.per_key:
        raise QueueFull(_full("of this key", mine, new, limits.per_key), RETRY_AFTER)
    everyone = pending(session)
    if everyone + new > limits.in_all:
        raise QueueFull(_full("in all", everyone, new, limits.in_all), RETRY_AFTER)


def _full(whose: str, waiting: int, new: int, limit: int) -> str:
    return (
        f"{waiting} pictures {whose} are waiting, {new} more would exceed the limit of {limit}; "
        "send fewer, or try again later"
    )


def pending(session: Session, key_id: str | None = None) -> int:
    """Count the pictures that await their result, of one key or in all."""
    query = select(func.coalesce(func.sum(col(Job.total) - col(Job.done)), 0)).where(
        col(Job.status).in_(OPEN_JOB), col(Job.cancel_requested).is_(False)
    )
    if key_id is not None:
        query = query.where(col(Job.key_id) == key_id)
    return session.execute(query).scalar_one()


def _add_items(
    session: Session, job: Job, items: Sequence[NewItem], chunk_size: int, moment: datetime
) -> None:
    queue = queue_of(job.kind)
    chunk = {"job_id": job.id, "queue": queue, "available_at": moment}
    defaults = {"state": ChunkState.READY.value, "isolated": False, "attempts": 0}
    front = turns.front(session, queue)
    step = turns.step(session, job.key_id, queue, job.priority)
    starts = range(0, len(items), chunk_size)
    ends = [min(start + chunk_size, len(items)) for start in starts]
    session.execute(
        insert(Chunk), [chunk | defaults | {"turn": front + step * end} for end in ends]
    )
    made = select(col(Chunk.id)).where(col(Chunk.job_id) == job.id).order_by(col(Chunk.id))
    ids = session.scalars(made).all()
    session.execute(
        insert(Item),
        [
            {
                "job_id": job.id,
                "position": position,
                "name": storable(item.name),
                "blob": item.blob,
                "state": ItemState.PENDING.value,
                "chunk_id": ids[position // chunk_size],
                "attempts": 0,
            }
            for position, item in enumerate(items)
        ],
    )
