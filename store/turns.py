"""Whose turn it is: an accepted chunk gets a number, and the lowest in a queue is worked on first.

Self-clocked fair queueing (Golestani, 1994): a job's chunks are numbered from the front of the
queue on, a step for each picture before them. The steps of a key are as wide as it has jobs open,
so that many jobs get no more than one; those of a higher priority are narrower. Nothing starves:
whatever comes later is numbered from where the front then is.
"""

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.clock import now
from store.queues import kinds_of
from store.states import OPEN_JOB, Priority
from store.tables import Chunk, Job

#: How many times the share of a normal job of the same key a job gets.
WEIGHTS = {Priority.LOW: 0.25, Priority.NORMAL: 1.0, Priority.HIGH: 4.0}

#: A chunk may be taken; spelt out, so that SQLite sees that the index over such ones will do.
READY = col(Chunk.state) == literal_column("'ready'")


def front(session: Session, queue: str) -> float:
    """The lowest turn in a queue; 0 where nothing waits."""
    query = select(func.min(col(Chunk.turn))).where(READY, col(Chunk.queue) == queue)
    return session.scalar(query) or 0.0


def step(session: Session, key_id: str, queue: str, priority: str) -> float:
    """How far the turns of two successive pictures of a new job are apart; it is there already."""
    query = select(func.count()).where(
        col(Job.status).in_(OPEN_JOB),
        col(Job.key_id) == key_id,
        col(Job.kind).in_(kinds_of(queue)),
    )
    return session.execute(query).scalar_one() / WEIGHTS[Priority(priority)]


def instead_of(session: Session, chunk_id: int) -> int:
    """The chunk whose turn it is in the queue of this one; itself where none can be taken now.

    A message says that there is work, and the turns say which.
    """
    queue = select(col(Chunk.queue)).where(col(Chunk.id) == chunk_id).scalar_subquery()
    first = (
        select(col(Chunk.id))
        .where(READY, col(Chunk.queue) == queue, col(Chunk.available_at) <= now(session))
        .order_by(col(Chunk.turn), col(Chunk.id))
        .limit(1)
    )
    return session.scalar(first) or chunk_id
