"""How many pictures get their result in a while."""

from datetime import timedelta

from sqlalchemy import BigInteger, cast, extract, func, select
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
    minute = cast(extract("epoch", col(Result.created_at)), BigInteger) // 60
    last = int(now(session).timestamp()) // 60
    first = last - minutes + 1
    since = now(session) - timedelta(minutes=minutes)
    query = select(minute, func.count()).where(col(Result.created_at) >= since).group_by(minute)
    if key_id is not None:
        query = query.join(Job, col(Job.id) == col(Result.job_id)).where(col(Job.key_id) == key_id)
    found = {int(number): count for number, count in session.execute(query)}
    return [(60 * number, found.get(number, 0)) for number in range(first, last + 1)]


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
