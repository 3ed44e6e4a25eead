"""What a clock that was set back leaves behind: moments so far ahead that nothing would move.

No lease and no wait is ever longer than agreed; one that ends later still was written by a clock
that is no more.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlmodel import col

from store.clock import now
from store.expiry import MAX_DELAY
from store.states import ChunkState
from store.tables import Chunk

#: Seconds by which processes may disagree about the length of a lease.
SLACK = 60.0

_READY = col(Chunk.state) == ChunkState.READY.value
_LEASED = col(Chunk.state) == ChunkState.LEASED.value


def bring_forward(session: Session, lease_seconds: float) -> None:
    """Let leases end a whole lease from now, and waits at once, where they would take far longer.

    Who still works on a chunk renews its lease in time; who is dead does not.
    """
    moment = now(session)
    latest = moment + timedelta(seconds=SLACK)
    lease = timedelta(seconds=lease_seconds)
    _set(session, _LEASED, col(Chunk.lease_until) > latest + lease, lease_until=moment + lease)
    longest = timedelta(seconds=MAX_DELAY)
    _set(session, _READY, col(Chunk.available_at) > latest + longest, available_at=moment)
    _set(session, _READY, col(Chunk.published_at) > latest, published_at=None)


def _set(session: Session, *where: Any, **values: Any) -> None:
    session.execute(
        update(Chunk).where(*where).values(**values).execution_options(synchronize_session=False)
    )
