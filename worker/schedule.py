"""The nightly evaluation: the champion on every dataset that is marked for it, once a night."""

import logging
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from store import audit, datasets, jobs, models
from store import schedule as slots
from store.clock import now
from store.jobs import NewItem
from store.session import Database
from store.settings import Settings
from store.states import JobKind, Priority
from store.tables import Dataset

log = logging.getLogger(__name__)

NIGHTLY = "nightly"


def run(database: Database, settings: Settings) -> list[str]:
    """Start the evaluations of the latest night that nobody has taken; the ids of their jobs.

    However many schedulers there are, the row of the slot makes one of them do it. After a time
    without any, the latest missed night is made up for, and only that one.
    """
    if not settings.nightly:
        return []
    with database.begin() as session:
        champion = models.champion(session)
        if champion is None:
            return []
        slot = latest_slot(now(session).astimezone(), settings.nightly).strftime("%Y-%m-%d")
        if not slots.claim_slot(session, NIGHTLY, slot):
            return []
        with bound_contextvars(request_id=f"{NIGHTLY}-{slot}"):
            job_ids = [
                _evaluate(session, it, champion.id, settings) for it in datasets.nightly(session)
            ]
        slots.note_jobs(session, NIGHTLY, slot, job_ids)
        audit.note(session, None, "schedule.nightly", slot, {"jobs": job_ids})
    log.info("the night of %s: %d evaluations", slot, len(job_ids))
    return job_ids


def latest_slot(moment: datetime, at: str) -> datetime:
    """The last time that a clock in the zone of `moment` showed `at` (HH:MM)."""
    hour, minute = map(int, at.split(":"))
    today = datetime.combine(moment.date(), time(hour, minute), moment.tzinfo)
    return today if today <= moment else today - timedelta(days=1)


def _evaluate(session: Session, dataset: Dataset, model: str, settings: Settings) -> str:
    images = datasets.images(session, dataset.id)
    job, _ = jobs.accept(
        session,
        dataset.key_id,
        JobKind.EVALUATE.value,
        [NewItem(image.name, image.blob) for image in images],
        chunk_size=settings.chunk_size,
        params={"schedule": NIGHTLY, "model": "champion"},
        dataset_id=dataset.id,
        model=model,
        priority=Priority.LOW,
    )
    return job.id
