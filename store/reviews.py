"""The verbs on suspected labels and on what people say of them. The caller has read the dataset."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import paging
from store.clock import now
from store.paging import Page
from store.tables import Dataset, LabelReview, LabelSuspect, Verdict
from store.texts import storable


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A suspected label, and the review of its task if there is one."""

    suspect: LabelSuspect
    review: LabelReview | None


def suspected(
    session: Session,
    dataset: Dataset,
    found: Sequence[dict[str, Any]],
    audit: dict[str, Any],
) -> None:
    """Write what an audit suspects, likeliest first, in place of what the one before it did.

    `audit`: what it counted, kept with the dataset's statistics. Reviews stay.
    """
    mine = col(LabelSuspect.dataset_id) == dataset.id
    session.execute(delete(LabelSuspect).where(mine))
    rows = [
        {
            "dataset_id": dataset.id,
            "place": place,
            "task": one["task"],
            "score": one["score"],
            "detail": one,
        }
        for place, one in enumerate(found)
    ]
    if rows:
        session.execute(insert(LabelSuspect), rows)
    dataset.statistics = (dataset.statistics or {}) | {"audit": audit}
    session.flush()


def page(
    session: Session, dataset_id: str, limit: int, cursor: str | None = None
) -> Page[Reviewed]:
    """List suspected labels, likeliest first; raises `InvalidCursor`."""
    after = paging.decode(cursor, int) if cursor is not None else -1
    query = (
        select(LabelSuspect)
        .where(col(LabelSuspect.dataset_id) == dataset_id, col(LabelSuspect.place) > after)
        .order_by(col(LabelSuspect.place))
        .limit(limit + 1)
    )
    cut = paging.cut(session.scalars(query).all(), limit, lambda row: row.place)
    known = _of_tasks(session, dataset_id, {row.task for row in cut.items})
    return Page([Reviewed(row, known.get(row.task)) for row in cut.items], cut.next)


def _of_tasks(session: Session, dataset_id: str, tasks: Iterable[str]) -> dict[str, LabelReview]:
    query = select(LabelReview).where(
        col(LabelReview.dataset_id) == dataset_id, col(LabelReview.task).in_(list(tasks))
    )
    return {row.task: row for row in session.scalars(query)}


def review(
    session: Session,
    dataset_id: str,
    task: str,
    key_id: str,
    verdict: str,
    correction: dict[str, Any] | None,
    note: str,
) -> LabelReview:
    """Write what a person says of a task's label, in place of what was said before."""
    row = LabelReview(
        dataset_id=dataset_id,
        task=storable(task),
        verdict=Verdict(verdict).value,
        correction=correction,
        note=storable(note),
        key_id=key_id,
        at=now(session),
    )
    found = session.merge(row)
    session.flush()
    return found


def corrections(session: Session, dataset_id: str) -> list[LabelReview]:
    """List the reviews that call a label wrong and say what it should be."""
    query = select(LabelReview).where(
        col(LabelReview.dataset_id) == dataset_id,
        col(LabelReview.verdict) == Verdict.WRONG.value,
    )
    rows = session.scalars(query.order_by(col(LabelReview.task)))
    return [row for row in rows if row.correction is not None]
