"""How many pictures get their result in a while."""

from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.clock import now
from store.tables import Job, Result

#: Seconds over which the pace of a job is taken.
WINDOW = 60


def per_minute(session: Session, key_id: str | None, minutes: int = 60) -> list[tuple[int, int]]:
    """Results of each of the last minutes, oldest first: (seconds since 1970, results).

    Of one key, or of all where it is None. The last minute is the one that has not ended.
    """
    last = now(session).replace(second=0, microsecond=0)
    starts = [last - timedelta(minutes=ago) for ago in reversed(range(minutes))]
    counts = session.execute(select(*(_of_minute(start, key_id) for start in starts))).one()
    return [(int(start.timestamp()), count) for start, count in zip(starts, counts, strict=True)]


def _of_minute(start: datetime, key_id: str | None) -> ScalarSelect[int]:
    """Results of a minute: counting a range of the index takes a fifth of grouping its rows."""
    made = col(Result.created_at)
    query = select(func.count()).select_from(Result)
    query = query.where(made >= start, made < start + timedelta(minutes=1))
    if key_id is not None:
        query = query.join(Job, col(Job.id) == col(Result.job_id)).where(col(Job.key_id) == key_id)
    return query.scalar_subquery()


def of_job(session: Session, job: Job) -> float | None:
    """Results a second of a job that runs: of late, None where that cannot be told yet."""
    moment = now(session)
    if job.started_at is None or job.done == 0:
        return None
    running = (moment - job.started_at).total_seconds()
    if running <= WINDOW:
        return job.done / max(running, 1.0)
    query = select(func.count()).where(
        col(Result.created_at) >= moment - timedelta(seconds=WINDOW),
        col(Result.job_id) == job.id,
    )
    return session.execute(query).scalar_one() / WINDOW
