"""The verbs on the accuracy log; `key_id` None stands for the administrator."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import paging
from store.clock import new_id, now
from store.errors import NotFound
from store.insert import insert_new
from store.paging import Page
from store.tables import Dataset, Evaluation


def add(
    session: Session,
    *,
    key_id: str | None,
    job_id: str | None,
    model: str,
    dataset: Dataset | None,
    metrics: dict[str, Any],
) -> bool:
    """Add a line, once a job; False when the job has one already.

    `metrics`: the whole summary; its `accuracy` (None when nothing was scored) and `scored` are
    also kept as columns.
    """
    moment = now(session)
    row = Evaluation(
        id=new_id(moment),
        key_id=key_id,
        job_id=job_id,
        model=model,
        dataset_id=dataset.id if dataset else None,
        dataset_name=dataset.name if dataset else None,
        dataset_version=dataset.version if dataset else None,
        accuracy=metrics.get("accuracy"),
        scored=metrics["scored"],
        metrics=metrics,
        created_at=moment,
    )
    return insert_new(session, row)


def get(session: Session, key_id: str | None, evaluation_id: str) -> Evaluation:
    """Read an evaluation; raises `NotFound`, also when it is another key's."""
    found = session.get(Evaluation, evaluation_id)
    if found is None or key_id not in (None, found.key_id):
        raise NotFound(f"there is no evaluation {evaluation_id}")
    return found


def page(
    session: Session,
    key_id: str | None,
    limit: int,
    cursor: str | None = None,
    *,
    dataset_id: str | None = None,
    model: str | None = None,
) -> Page[Evaluation]:
    """List evaluations, newest first; raises `InvalidCursor`."""
    query = select(Evaluation).order_by(col(Evaluation.id).desc()).limit(limit + 1)
    wanted = (
        (Evaluation.key_id, key_id),
        (Evaluation.dataset_id, dataset_id),
        (Evaluation.model, model),
    )
    for column, value in wanted:
        if value is not None:
            query = query.where(col(column) == value)
    if cursor is not None:
        query = query.where(col(Evaluation.id) < paging.decode(cursor, str))
    return paging.cut(session.scalars(query).all(), limit, lambda row: row.id)
