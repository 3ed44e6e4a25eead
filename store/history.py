"""The accuracy log as points in time, without the summaries that make its rows large."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, select, type_coerce
from sqlalchemy.orm import Session
from sqlmodel import col

from store.tables import Evaluation


@dataclass(frozen=True, slots=True)
class Point:
    """One evaluation of a dataset: its accuracy and the ends of its 95% interval."""

    id: str
    at: datetime
    model: str
    dataset_id: str
    dataset_name: str
    accuracy: float
    low: float | None
    high: float | None
    scheduled: bool


def points(
    session: Session,
    key_id: str | None,
    limit: int,
    *,
    dataset_id: str | None = None,
    model: str | None = None,
) -> list[Point]:
    """The latest evaluations that have an accuracy, oldest first; `key_id` None: of all keys."""
    row = Evaluation
    columns = (
        col(row.id),
        col(row.created_at),
        col(row.model),
        col(row.dataset_id),
        col(row.dataset_name),
        col(row.accuracy),
        type_coerce(col(row.metrics), JSON)["interval"],
        col(row.schedule),
    )
    query = select(*columns).where(col(row.accuracy).is_not(None), col(row.dataset_id).is_not(None))
    for column, value in ((row.key_id, key_id), (row.dataset_id, dataset_id), (row.model, model)):
        if value is not None:
            query = query.where(col(column) == value)
    found = session.execute(query.order_by(col(row.id).desc()).limit(limit)).all()
    return [_point(*values) for values in reversed(found)]


def _point(*values: Any) -> Point:
    id_, at, model, dataset_id, name, accuracy, interval, schedule = values
    low, high = interval or (None, None)
    scheduled = schedule is not None
    return Point(id_, at, model, dataset_id, name or "", accuracy, low, high, scheduled)
