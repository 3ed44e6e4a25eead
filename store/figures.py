"""Figures of the whole service, for whoever watches over it."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import evaluations, jobs, models, tallies
from store.clock import now
from store.states import OPEN_ITEM, ChunkState
from store.tables import Chunk, Evaluation, Item, Job


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What the latest evaluation of a dataset said of the champion, with its 95% interval."""

    dataset: str
    model: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over all keys.

    `jobs`: by status. `items`: pictures without a result, by state. `chunks`: open ones, by queue
    and `ready`, `delayed` or `leased`. `oldest`: seconds since the oldest job with a chunk that
    waits was accepted, by queue. `alerts`: (dataset, whether it fell) of the latest nightly
    evaluation of each dataset.
    """

    jobs: dict[str, int]
    items: dict[str, int]
    chunks: dict[tuple[str, str], int]
    oldest: dict[str, float]
    tallies: dict[tallies.Place, float]
    accuracies: list[Accuracy]
    alerts: list[tuple[str, bool]]


def read(session: Session) -> Figures:
    """Read all figures in the caller's transaction."""
    return Figures(
        jobs=jobs.counts(session).jobs,
        items=_items(session),
        chunks=_chunks(session),
        oldest=_oldest(session),
        tallies=tallies.totals(session),
        accuracies=_accuracies(session),
        alerts=[
            (row.dataset_id or "", row.alert is not None) for row in evaluations.watched(session)
        ],
    )


def _items(session: Session) -> dict[str, int]:
    state = col(Item.state)
    query = select(state, func.count()).where(state.in_(OPEN_ITEM)).group_by(state)
    return dict.fromkeys(OPEN_ITEM, 0) | dict(session.execute(query).all())


def _chunks(session: Session) -> dict[tuple[str, str], int]:
    late = col(Chunk.available_at) > now(session)
    ready = col(Chunk.state) == ChunkState.READY.value
    state = case((ready & late, "delayed"), else_=col(Chunk.state))
    query = (
        select(col(Chunk.queue), state, func.count())
        .where(col(Chunk.state).in_((ChunkState.READY.value, ChunkState.LEASED.value)))
        .group_by(col(Chunk.queue), state)
    )
    return {(queue, name): number for queue, name, number in session.execute(query)}


def _oldest(session: Session) -> dict[str, float]:
    query = (
        select(col(Chunk.queue), func.min(col(Job.created_at)))
        .join(Job, col(Job.id) == col(Chunk.job_id))
        .where(col(Chunk.state) == ChunkState.READY.value)
        .group_by(col(Chunk.queue))
    )
    moment = now(session)
    return {
        queue: max(0.0, (moment - accepted).total_seconds())
        for queue, accepted in session.execute(query)
    }


def _accuracies(session: Session) -> list[Accuracy]:
    champion = models.champion(session)
    if champion is None:
        return []
    latest = (
        select(func.max(col(Evaluation.id)))
        .where(col(Evaluation.accuracy).is_not(None), col(Evaluation.model) == champion.id)
        .group_by(col(Evaluation.dataset_id))
    )
    rows = session.scalars(select(Evaluation).where(col(Evaluation.id).in_(latest)))
    return [_accuracy(row) for row in rows]


def _accuracy(row: Evaluation) -> Accuracy:
    value = row.accuracy or 0.0
    low, high = row.metrics.get("interval") or (value, value)
    return Accuracy(row.dataset_id or "", row.model, value, low, high)
