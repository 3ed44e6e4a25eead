"""The outbox: chunks that a message should be sent for."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from store import tallies
from store.clock import now
from store.tables import Chunk
from store.turns import READY

#: Seconds after which a message that nobody took up is sent again.
REPUBLISH_SECONDS = 5.0


def dispatchable(
    session: Session,
    limit: int,
    *,
    queue: str | None = None,
    job_id: str | None = None,
    republish_after: float = REPUBLISH_SECONDS,
) -> list[tuple[int, str]]:
    """List chunks that are ready and not lately published, as (id, queue), unsent ones first.

    They stay locked to the end of the transaction; what another dispatcher has locked is left out.
    """
    moment = now(session)
    stale = moment - timedelta(seconds=republish_after)
    published = col(Chunk.published_at)
    query = (
        select(col(Chunk.id), col(Chunk.queue))
        .where(READY, col(Chunk.available_at) <= moment)
        .where(or_(published.is_(None), published <= stale))
        .order_by(published.asc().nulls_first(), col(Chunk.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if queue is not None:
        query = query.where(col(Chunk.queue) == queue)
    if job_id is not None:
        query = query.where(col(Chunk.job_id) == job_id)
    return [(chunk_id, name) for chunk_id, name in session.execute(query)]


def mark_published(session: Session, chunk_ids: Sequence[int]) -> None:
    """Note that messages for these chunks are being sent."""
    _set_published(session, chunk_ids, sent=True)
    tallies.add(session, tallies.MESSAGES, len(chunk_ids))


def unmark_published(session: Session, chunk_ids: Sequence[int]) -> None:
    """Note that the messages could not be sent, so that they are due at once."""
    _set_published(session, chunk_ids, sent=False)


def _set_published(session: Session, chunk_ids: Sequence[int], *, sent: bool) -> None:
    if not chunk_ids:
        return
    session.execute(
        update(Chunk)
        .where(col(Chunk.id).in_(sorted(chunk_ids)), READY)
        .values(published_at=now(session) if sent else None)
        .execution_options(synchronize_session=False)
    )


def ready_counts(session: Session) -> dict[str, int]:
    """Count the chunks that a worker could take now, by queue."""
    query = (
        select(col(Chunk.queue), func.count())
        .where(READY, col(Chunk.available_at) <= now(session))
        .group_by(col(Chunk.queue))
    )
    return dict(session.execute(query).all())
