"""What a person goes through after an audit: the suspected labels of a dataset, task by task.

The caller has read the dataset.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import paging
from store.errors import NotFound
from store.paging import Page
from store.tables import LabelReview, LabelSuspect


@dataclass(frozen=True, slots=True)
class Task:
    """A task with suspected labels, the likeliest to be wrong first, and its review if it has one.

    `place`: of the first of them among all that the audit suspects.
    """

    place: int
    name: str
    suspects: tuple[LabelSuspect, ...]
    review: LabelReview | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tasks have suspected labels, and what was said of them."""

    tasks: int
    right: int
    wrong: int
    unsure: int

    @property
    def reviewed(self) -> int:
        """Tasks that somebody has looked at."""
        return self.right + self.wrong + self.unsure


def counts(session: Session, dataset_id: str) -> Counts:
    """Count the tasks that the last audit suspects, and their reviews by verdict."""
    tasks = select(func.count(col(LabelSuspect.task).distinct())).where(_of(dataset_id))
    task = col(LabelSuspect.task)
    said = (
        select(col(LabelReview.verdict), func.count(task.distinct()))
        .join(LabelSuspect, _is_of_task())
        .where(_of(dataset_id))
        .group_by(col(LabelReview.verdict))
    )
    found = dict(session.execute(said).all())
    return Counts(
        session.execute(tasks).scalar_one(),
        found.get("right", 0),
        found.get("wrong", 0),
        found.get("unsure", 0),
    )


def page(session: Session, dataset_id: str, limit: int, cursor: str | None = None) -> Page[Task]:
    """List tasks with suspected labels, the likeliest first; raises `InvalidCursor`."""
    place = func.min(col(LabelSuspect.place))
    query = select(place).where(_of(dataset_id)).group_by(col(LabelSuspect.task)).order_by(place)
    if cursor is not None:
        query = query.having(place > paging.decode(cursor, int))
    cut = paging.cut(session.scalars(query.limit(limit + 1)).all(), limit, int)
    first = select(col(LabelSuspect.task)).where(
        _of(dataset_id), col(LabelSuspect.place).in_(cut.items)
    )
    tasks = _read(session, dataset_id, session.scalars(first).all())
    return Page(sorted(tasks.values(), key=lambda task: task.place), cut.next)


def at(session: Session, dataset_id: str, place: int) -> Task:
    """Read the task that a suspected label belongs to; raises `NotFound`."""
    found = session.get(LabelSuspect, (dataset_id, place))
    if found is None:
        raise NotFound(f"the last audit of the dataset has no suspect {place}")
    return _read(session, dataset_id, [found.task])[found.task]


def after(session: Session, dataset_id: str, place: int = -1) -> int | None:
    """The place of the next task that nobody has reviewed, from the first on after the last."""
    reviewed = exists().where(_is_of_task()).correlate(LabelSuspect)
    query = select(func.min(col(LabelSuspect.place))).where(_of(dataset_id), ~reviewed)
    found = session.execute(query.where(col(LabelSuspect.place) > place)).scalar()
    return found if found is not None else session.execute(query).scalar()


def joined(corrections: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Several corrections of one task as one; of two that differ the first holds."""
    found: dict[str, Any] = {}
    for one in corrections:
        targets = dict(one.get("targets") or {}) | found.get("targets", {})
        found = dict(one) | found | ({"targets": targets} if targets else {})
    return found


def _of(dataset_id: str) -> ColumnElement[bool]:
    return col(LabelSuspect.dataset_id) == dataset_id


def _is_of_task() -> ColumnElement[bool]:
    return and_(
        col(LabelReview.dataset_id) == col(LabelSuspect.dataset_id),
        col(LabelReview.task) == col(LabelSuspect.task),
    )


def _read(session: Session, dataset_id: str, names: Iterable[str]) -> dict[str, Task]:
    wanted = list(names)
    suspects: dict[str, list[LabelSuspect]] = {}
    query = select(LabelSuspect).where(_of(dataset_id), col(LabelSuspect.task).in_(wanted))
    for row in session.scalars(query.order_by(col(LabelSuspect.place))):
        suspects.setdefault(row.task, []).append(row)
    said = select(LabelReview).where(
        col(LabelReview.dataset_id) == dataset_id, col(LabelReview.task).in_(wanted)
    )
    reviews = {row.task: row for row in session.scalars(said)}
    return {
        name: Task(rows[0].place, name, tuple(rows), reviews.get(name))
        for name, rows in suspects.items()
    }
