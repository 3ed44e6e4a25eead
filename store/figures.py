"""Figures of the whole service, for whoever watches over it."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import dispatch, evaluations, jobs
from store.clock import now
from store.states import OPEN_JOB
from store.tables import Evaluation, Job


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over all keys.

    `jobs`: by status. `queues`: ready chunks by queue. `accuracies`: (dataset, model, accuracy) of
    the latest evaluation of each dataset. `alerts`: (dataset, whether it fell) of the latest
    nightly evaluation of each dataset.
    """

    jobs: dict[str, int]
    pending: int
    oldest_waiting_seconds: float
    results: int
    queues: dict[str, int]
    accuracies: list[tuple[str, str, float]]
    alerts: list[tuple[str, bool]]


def read(session: Session) -> Figures:
    """Read all figures in the caller's transaction."""
    counts = jobs.counts(session)
    return Figures(
        jobs=counts.jobs,
        pending=counts.pending,
        oldest_waiting_seconds=_oldest_waiting(session),
        results=session.execute(select(func.coalesce(func.sum(col(Job.done)), 0))).scalar_one(),
        queues=dispatch.ready_counts(session),
        accuracies=_accuracies(session),
        alerts=[
            (row.dataset_id or "", row.alert is not None) for row in evaluations.watched(session)
        ],
    )


def _oldest_waiting(session: Session) -> float:
    """Seconds since the oldest open job with a picture left was accepted; 0 where none waits."""
    query = select(func.min(col(Job.id))).where(
        col(Job.status).in_(OPEN_JOB),
        col(Job.cancel_requested).is_(False),
        col(Job.done) < col(Job.total),
    )
    oldest = session.get(Job, session.execute(query).scalar_one_or_none() or "")
    return (now(session) - oldest.created_at).total_seconds() if oldest else 0.0


def _accuracies(session: Session) -> list[tuple[str, str, float]]:
    latest = (
        select(func.max(col(Evaluation.id)))
        .where(col(Evaluation.accuracy).is_not(None))
        .group_by(col(Evaluation.dataset_id))
    )
    rows = session.scalars(select(Evaluation).where(col(Evaluation.id).in_(latest)))
    return [(row.dataset_id or "", row.model, row.accuracy or 0.0) for row in rows]
