"""The verbs on the accuracy log; `key_id` None stands for the administrator."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, func, select, type_coerce
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, defer
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col

from store import paging
from store.clock import new_id, now
from store.columns import Json
from store.errors import NotFound
from store.insert import insert_new
from store.paging import Page
from store.tables import Dataset, DatasetImage, Evaluation, Item

#: Half of an evaluation's figures by size, which lists leave out.
CURVES = ("roc", "calibration", "coverage_risk")

_LEAN = defer(Evaluation.metrics, raiseload=True)  # type: ignore[arg-type]


def add(
    session: Session,
    *,
    key_id: str | None,
    job_id: str | None,
    model: str,
    dataset: Dataset | None,
    metrics: dict[str, Any],
    outcomes: str | None = None,
    schedule: str | None = None,
    alert: dict[str, Any] | None = None,
) -> Evaluation | None:
    """Add a line, once a job; None when the job has one already.

    `metrics`: the whole summary; its `accuracy` (None when nothing was scored) and `scored` are
    also kept as columns. `outcomes`: the blob of what became of each puzzle. `schedule`: what
    asked for it. `alert`: why somebody should look at it.
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
        outcomes=outcomes,
        schedule=schedule,
        alert=alert,
        created_at=moment,
    )
    return row if insert_new(session, row) else None


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
    curves: bool = False,
) -> Page[Evaluation]:
    """List evaluations, newest first, with their `CURVES` only on demand; raises `InvalidCursor`.

    Without them the rows are for reading only.
    """
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
    rows = session.scalars(query).all() if curves else _without_curves(session, query)
    return paging.cut(rows, limit, lambda row: row.id)


def _without_curves(session: Session, query: Select[Evaluation]) -> list[Evaluation]:
    rows = session.execute(query.add_columns(_figures(session)).options(_LEAN)).all()
    for row, figures in rows:
        set_committed_value(row, "metrics", figures)
    return [row for row, _ in rows]


def _figures(session: Session) -> ColumnElement[Any]:
    metrics = col(Evaluation.metrics)
    if session.get_bind().dialect.name == "postgresql":
        return type_coerce(metrics.op("-")(array(CURVES, type_=Text)), Json)
    return type_coerce(func.json_remove(metrics, *(f"$.{name}" for name in CURVES)), Json)


def latest(session: Session, key_id: str | None, models: Iterable[str]) -> dict[str, Evaluation]:
    """Find the latest evaluation of each of these models that has an accuracy; no `metrics`."""
    newest = (
        select(func.max(col(Evaluation.id)))
        .where(col(Evaluation.model).in_(list(models)), col(Evaluation.accuracy).is_not(None))
        .group_by(col(Evaluation.model))
    )
    if key_id is not None:
        newest = newest.where(col(Evaluation.key_id) == key_id)
    query = select(Evaluation).where(col(Evaluation.id).in_(newest)).options(_LEAN)
    return {row.model: row for row in session.scalars(query)}


def shows(session: Session, row: Evaluation, picture: str) -> bool:
    """Whether a picture, by its SHA-256, belongs to an evaluation and is kept with it."""
    image, item = DatasetImage, Item
    kept = [
        select(col(image.position)).where(
            col(image.dataset_id) == row.dataset_id, col(image.blob) == picture
        ),
        select(col(item.position)).where(col(item.job_id) == row.job_id, col(item.blob) == picture),
    ]
    return any(session.scalars(query.limit(1)).first() is not None for query in kept)


def baseline(session: Session, dataset: Dataset, schedule: str) -> Evaluation | None:
    """Find what a new evaluation on a schedule is held against: same dataset, same content.

    The latest one on the schedule; the one that it fell below, as long as it did; or, for the
    first of a schedule, the latest at all. None where there is none with an accuracy.
    """
    query = (
        select(Evaluation)
        .where(
            col(Evaluation.dataset_id) == dataset.id,
            col(Evaluation.dataset_version) == dataset.version,
            col(Evaluation.accuracy).is_not(None),
        )
        .order_by(col(Evaluation.id).desc())
        .limit(1)
    )
    latest = session.scalars(query.where(col(Evaluation.schedule) == schedule)).one_or_none()
    if latest is None:
        return session.scalars(query).one_or_none()
    if latest.alert is None:
        return latest
    return session.get(Evaluation, latest.alert["since"]) or latest


def watched(session: Session, key_id: str | None = None) -> list[Evaluation]:
    """List the latest scheduled evaluation of each dataset that is evaluated every night.

    Those that need attention have an `alert`; their `metrics` are not read.
    """
    latest = (
        select(func.max(col(Evaluation.id)))
        .join(Dataset, col(Dataset.id) == col(Evaluation.dataset_id))
        .where(col(Evaluation.schedule).is_not(None), col(Dataset.nightly).is_(True))
        .group_by(col(Evaluation.dataset_id))
    )
    query = select(Evaluation).where(col(Evaluation.id).in_(latest)).options(_LEAN)
    if key_id is not None:
        query = query.where(col(Evaluation.key_id) == key_id)
    return list(session.scalars(query.order_by(col(Evaluation.id).desc())))
