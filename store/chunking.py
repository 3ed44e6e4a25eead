"""How many pictures travel together."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.tables import Result

#: Seconds that a chunk should take: long beside a claim, short beside a lease and for whose turn
#: it is next.
SECONDS = 2.0
#: Pictures of a chunk at least, of which one micro-batch is solved while another is recorded, at
#: most, and where no pace is known yet.
LEAST, MOST, UNKNOWN = 16, 256, 32
#: Results of which the pace is taken.
OF_LATE = 200


def size(session: Session) -> int:
    """Pictures that a worker solves in two seconds, going by the results of late, within bounds."""
    seconds = (
        select(col(Result.seconds))
        .where(col(Result.seconds).is_not(None))
        .order_by(col(Result.created_at).desc())
        .limit(OF_LATE)
        .subquery()
    )
    pace: float | None = session.scalar(select(func.avg(seconds.c.seconds)))
    if pace is None:
        return UNKNOWN
    return max(LEAST, min(MOST, round(SECONDS / max(pace, 1e-9))))
