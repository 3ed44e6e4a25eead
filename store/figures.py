"""Figures of the whole service, for whoever watches over it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    SQLColumnExpression,
    case,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlmodel import col

from store import evaluations, jobs, models, tallies
from store.clock import now
from store.states import ItemState
from store.tables import Chunk, Evaluation, Item, Job
from store.turns import READY

#: Spelt out, so that SQLite sees that the index over such chunks will do.
_LEASED = col(Chunk.state) == literal_column("'leased'")


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
    """By the counts of jobs and by the chunks at work: a count of what waits would take long."""
    query = (
        select(func.count())
        .select_from(Chunk)
        .join(Item, col(Item.chunk_id) == col(Chunk.id))
        .where(_LEASED)
        .where(col(Item.state) == ItemState.IN_FLIGHT.value)
    )
    in_flight = session.execute(query).scalar_one()
    pending = max(0, jobs.pending(session) - in_flight)
    return {ItemState.PENDING: pending, ItemState.IN_FLIGHT: in_flight}


def _chunks(session: Session) -> dict[tuple[str, str], int]:
    late = col(Chunk.available_at) > now(session)
    waiting = _by_queue(session, READY, case((late, "delayed"), else_="ready"))
    return waiting | _by_queue(session, _LEASED, col(Chunk.state))


def _by_queue(
    session: Session, which: ColumnElement[bool], state: SQLColumnExpression[str]
) -> dict[tuple[str, str], int]:
    query = (
        select(col(Chunk.queue), state, func.count()).where(which).group_by(col(Chunk.queue), state)
    )
    return {(queue, name): number for queue, name, number in session.execute(query)}


def _oldest(session: Session) -> dict[str, float]:
    query = (
        select(col(Chunk.queue), func.min(col(Job.created_at)))
        .join(Job, col(Job.id) == col(Chunk.job_id))
        .where(READY)
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
    row = Evaluation
    interval = type_coerce(col(row.metrics), JSON)["interval"]
    query = select(col(row.dataset_id), col(row.model), col(row.accuracy), interval)
    return [_accuracy(*found) for found in session.execute(query.where(col(row.id).in_(latest)))]


def _accuracy(dataset: str | None, model: str, value: float, interval: Any) -> Accuracy:
    low, high = interval or (value, value)
    return Accuracy(dataset or "", model, value, low, high)
