"""A worker's hold on a chunk: claim, renew, begin, record, let go.

Only the token decides who holds a chunk: an expired lease gives others the right to take it, and
once they have, or the sweeper has, every write of the old holder is refused.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store import answers, tallies
from store.clock import new_id, now
from store.expiry import blame, is_expired, let_go, take_back
from store.finish import finish
from store.locks import lock_chunk, lock_job, lock_leased
from store.states import CHUNK, ITEM, JOB, OPEN_JOB, ChunkState, ItemState, JobStatus
from store.tables import Chunk, Item, Job, Result
from store.texts import storable


@dataclass(frozen=True, slots=True)
class LeasedItem:
    """A picture of a leased chunk; `attempts`: how often a worker died with it."""

    id: int
    position: int
    name: str
    blob: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Lease:
    """A hold on a chunk: its job, and its pictures that have no result yet, in order."""

    chunk_id: int
    token: str
    job: Job
    items: tuple[LeasedItem, ...]
    isolated: bool
    queue: str
    seconds: float


@dataclass(frozen=True, slots=True)
class NewResult:
    """What one picture came to; `point`: (x, y) in pixels of the input picture.

    `thumbnail`: the blob of a small copy of it.
    """

    item_id: int
    tile: int | None = None
    point: tuple[float, float] | None = None
    digit: int | None = None
    confidence: float | None = None
    error_code: str | None = None
    error_message: str | None = None
    model: str | None = None
    seen: dict[str, Any] | None = None
    outcome: dict[str, Any] | None = None
    thumbnail: str | None = None
    seconds: float | None = None


def claim(session: Session, chunk_id: int, owner: str, lease_seconds: float) -> Lease | None:
    """Take a chunk that is ready, or whose lease ran out; None when there is nothing to take.

    `owner`: a name for the operator to read. The job's first claim makes it running.
    """
    job_id = session.scalar(select(col(Chunk.job_id)).where(col(Chunk.id) == chunk_id))
    job = lock_job(session, job_id) if job_id is not None else None
    chunk = lock_chunk(session, chunk_id)
    if job is None or chunk is None or job.status not in OPEN_JOB:
        return None
    moment = now(session)
    if is_expired(chunk, moment):
        take_back(session, job, chunk, moment)
    if chunk.state != ChunkState.READY or chunk.available_at > moment:
        return None
    chunk.state = CHUNK.step(chunk.state, ChunkState.LEASED)
    chunk.token, chunk.owner = new_id(moment), owner[:255]
    chunk.lease_until = moment + timedelta(seconds=lease_seconds)
    if job.status == JobStatus.QUEUED:
        job.status, job.started_at = JOB.step(job.status, JobStatus.RUNNING), moment
    session.flush()
    items = tuple(LeasedItem(*row) for row in session.execute(_pending(chunk_id)))
    return Lease(chunk_id, chunk.token, job, items, chunk.isolated, chunk.queue, lease_seconds)


def _pending(chunk_id: int) -> Select[int, int, str, str, int]:
    table = (col(Item.id), col(Item.position), col(Item.name), col(Item.blob), col(Item.attempts))
    return (
        select(*table)
        .where(col(Item.chunk_id) == chunk_id, col(Item.state) == ItemState.PENDING.value)
        .order_by(col(Item.position))
    )


def renew(session: Session, lease: Lease) -> bool:
    """Extend a lease by its length from now; False when it is lost."""
    until = now(session) + timedelta(seconds=lease.seconds)
    statement = (
        update(Chunk)
        .where(col(Chunk.id) == lease.chunk_id, col(Chunk.token) == lease.token)
        .values(lease_until=until)
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def tell(
    session: Session, lease: Lease, progress: dict[str, Any] | None, *, farther: bool = False
) -> bool:
    """Note how far a long piece of work is; tell whether it is to be cancelled.

    `farther`: than ever before, so that workers which died on the way here no longer count.
    Raises `LeaseLost`.
    """
    job, chunk = lock_leased(session, lease.job.id, lease.chunk_id, lease.token)
    if progress is not None:
        job.progress = progress
    if farther:
        chunk.attempts = 0
        session.execute(
            update(Item)
            .where(col(Item.chunk_id) == chunk.id)
            .values(attempts=0)
            .execution_options(synchronize_session=False)
        )
    session.flush()
    return job.cancel_requested


def begin(session: Session, lease: Lease, item_ids: Sequence[int]) -> list[int]:
    """Note that these pictures are in flight; list those to work on, none after a cancel.

    Raises `LeaseLost`.
    """
    job, _ = lock_leased(session, lease.job.id, lease.chunk_id, lease.token)
    if job.cancel_requested:
        return []
    return _move(session, lease, item_ids, ItemState.IN_FLIGHT)


def record(session: Session, lease: Lease, results: Sequence[NewResult]) -> int:
    """Write the results of pictures that are in flight, and count them on the job.

    Gives the number written: fewer when some have a result already, 0 after a cancel, which also
    ends the job if this was the last in flight. Raises `LeaseLost`, and then writes nothing.
    """
    job, chunk = lock_leased(session, lease.job.id, lease.chunk_id, lease.token)
    if job.cancel_requested:
        _move(session, lease, [result.item_id for result in results], ItemState.CANCELLED)
        finish(session, job.id)
        return 0
    items = {item.id: item for item in lease.items}
    by_item = {result.item_id: result for result in results}
    fresh = [by_item[item_id] for item_id in _move(session, lease, by_item, ItemState.DONE)]
    if not fresh:
        return 0
    moment = now(session)
    rows = [_row(result, items[result.item_id], chunk) | {"created_at": moment} for result in fresh]
    session.execute(insert(Result), rows)
    failed = sum(result.error_code is not None for result in fresh)
    answers.count(job, rows)
    job.done += len(fresh)
    job.failed += failed
    tallies.add(session, tallies.RESULTS, len(fresh) - failed, f"{job.kind}/answered")
    tallies.add(session, tallies.RESULTS, failed, f"{job.kind}/failed")
    session.flush()
    return len(fresh)


def _move(session: Session, lease: Lease, item_ids: Collection[int], state: ItemState) -> list[int]:
    """Move those of the pictures that may go there; list their ids in the order given."""
    statement = (
        update(Item)
        .where(col(Item.id).in_(set(item_ids)), col(Item.chunk_id) == lease.chunk_id)
        .where(col(Item.state).in_(ITEM.sources(state)))
        .values(state=state.value)
        .returning(col(Item.id))
        .execution_options(synchronize_session=False)
    )
    moved = set(session.scalars(statement))
    return [item_id for item_id in dict.fromkeys(item_ids) if item_id in moved]


def _row(result: NewResult, item: LeasedItem, chunk: Chunk) -> dict[str, Any]:
    x, y = result.point or (None, None)
    message = result.error_message
    return {
        "item_id": item.id,
        "job_id": chunk.job_id,
        "position": item.position,
        "image": item.name,
        "tile": result.tile,
        "x": x,
        "y": y,
        "digit": result.digit,
        "confidence": result.confidence,
        "error_code": result.error_code,
        "error_message": None if message is None else storable(message),
        "model": result.model,
        "seen": result.seen,
        "outcome": result.outcome,
        "correct": (result.outcome or {}).get("correct"),
        "thumbnail": result.thumbnail,
        "seconds": result.seconds,
    }


def release(session: Session, lease: Lease, *, delay: float = 0.0, blamed: bool = False) -> None:
    """End a lease: the chunk is done when nothing of it is pending, else ready in `delay` seconds.

    A picture still in flight is pending again, without blame. `blamed`: it broke the worker, and is
    treated as if the worker had died with it. Raises `LeaseLost`.
    """
    job, chunk = lock_leased(session, lease.job.id, lease.chunk_id, lease.token)
    moment = now(session)
    if blamed:
        chunk.attempts += 1
        blame(session, job, chunk, moment)
    let_go(session, job, chunk, moment + timedelta(seconds=delay))
