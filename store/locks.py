"""Rows locked for a change.

The order is always job, then chunk, then item, so that no two transactions wait for each other.
On SQLite a write transaction has the database to itself, and these only read afresh.
"""

from sqlalchemy.orm import Session

from store.errors import LeaseLost
from store.tables import Chunk, Job


def lock_job(session: Session, job_id: str) -> Job | None:
    """Lock a job and read it afresh; None when it is gone."""
    return session.get(Job, job_id, with_for_update=True, populate_existing=True)


def lock_free_job(session: Session, job_id: str) -> Job | None:
    """Lock a job and read it afresh; None when it is gone, or somebody has it locked just now."""
    return session.get(Job, job_id, with_for_update={"skip_locked": True}, populate_existing=True)


def lock_chunk(session: Session, chunk_id: int) -> Chunk | None:
    """Lock a chunk and read it afresh; None when it is gone. Its job is locked before."""
    return session.get(Chunk, chunk_id, with_for_update=True, populate_existing=True)


def lock_leased(session: Session, job_id: str, chunk_id: int, token: str) -> tuple[Job, Chunk]:
    """Lock a job and its chunk for the holder of a lease; raises `LeaseLost`."""
    job = lock_job(session, job_id)
    chunk = lock_chunk(session, chunk_id) if job is not None else None
    if job is None or chunk is None or chunk.token != token:
        raise LeaseLost(f"the lease on chunk {chunk_id} is over; its pictures are someone else's")
    return job, chunk
