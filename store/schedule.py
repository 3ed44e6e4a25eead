"""Slots of a schedule; whoever takes one runs it, and nobody else does."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from store.clock import now
from store.errors import NotFound
from store.insert import insert_new
from store.tables import ScheduleRun


def claim_slot(session: Session, schedule: str, slot: str) -> bool:
    """Take a slot, such as ("nightly", "2026-01-31"); False when somebody has it already."""
    return insert_new(
        session, ScheduleRun(schedule=schedule, slot=slot, job_ids=[], created_at=now(session))
    )


def note_jobs(session: Session, schedule: str, slot: str, job_ids: Sequence[str]) -> None:
    """Write which jobs the slot made; raises `NotFound` when nobody took it."""
    run = session.get(ScheduleRun, (schedule, slot), populate_existing=True)
    if run is None:
        raise NotFound(f"nobody took the slot {slot} of the schedule {schedule}")
    run.job_ids = list(job_ids)
    session.flush()
