"""Some of a job's results: the wrong, the unsure, the failed, those of a digit.

The caller has checked with `jobs.get` that the job is the reader's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlmodel import col

from store import paging
from store.errors import InvalidCursor
from store.paging import Page
from store.quarantine import ERROR_CODE
from store.tables import Item, Job, Result

#: Answers below this confidence are unsure.
UNSURE = 0.9
DIGITS = range(1, 6)
#: What the results without an error are counted under.
ANSWERED = "answered"

Kind = Literal["all", "wrong", "unsure", "failed"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which results: of a kind, and of those only the ones with a digit."""

    kind: Kind = "all"
    digit: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many results of a job there are of each kind; `digits` by digit."""

    wrong: int
    unsure: int
    failed: int
    digits: dict[int, int]


def page(
    session: Session, job_id: str, selection: Selection, limit: int, cursor: str | None = None
) -> Page[Result]:
    """List results with `seen`, in order of the pictures, the unsure ones the least sure first.

    Raises `InvalidCursor`.
    """
    sure, place = col(Result.confidence), col(Result.position)
    unsure = selection.kind == "unsure"
    # The places alone stand in an index; the rows, which are large, are read of one page only.
    query = select(place).where(*_wanted(job_id, selection))
    if unsure:
        query = query.order_by(sure, place)
        if cursor is not None:
            confidence, position = _decode(cursor)
            same = and_(sure == confidence, place > position)
            query = query.where(sure >= confidence, or_(sure > confidence, same))
    else:
        after = paging.decode(cursor, int) if cursor is not None else -1
        query = query.where(place > after).order_by(place)
    places = session.scalars(query.limit(limit + 1)).all()
    rows = _rows(session, job_id, places)
    return paging.cut(rows, limit, lambda row: _key(row) if unsure else row.position)


def _rows(session: Session, job_id: str, places: Sequence[int]) -> list[Result]:
    query = select(Result).where(col(Result.job_id) == job_id, col(Result.position).in_(places))
    found = {row.position: row for row in session.scalars(query)}
    return [found[place] for place in places if place in found]


def beside(
    session: Session, job_id: str, selection: Selection, row: Result
) -> tuple[int | None, int | None]:
    """Find the positions of the results before and after one, in the order of `page`."""
    keys: list[Any] = [col(Result.position)]
    here: list[float | None] = [row.position]
    if selection.kind == "unsure":
        keys, here = [col(Result.confidence), *keys], [row.confidence, *here]
    one = select(col(Result.position)).where(*_wanted(job_id, selection)).limit(1)
    before = one.where(tuple_(*keys) < tuple_(*here)).order_by(*(key.desc() for key in keys))
    after = one.where(tuple_(*keys) > tuple_(*here)).order_by(*keys)
    return session.scalar(before), session.scalar(after)


def _key(row: Result) -> str:
    return f"{row.confidence!r} {row.position}"


def _wanted(job_id: str, selection: Selection) -> list[ColumnElement[bool]]:
    """The conditions of a selection."""
    conditions = [col(Result.job_id) == job_id]
    if selection.kind == "wrong":
        conditions.append(not_(col(Result.correct)))  # type: ignore[arg-type]
    elif selection.kind == "failed":
        conditions.append(col(Result.error_code).is_not(None))
    elif selection.kind == "unsure":
        conditions.append(col(Result.confidence) < UNSURE)
    if selection.digit is not None:
        conditions.append(col(Result.digit) == selection.digit)
    return conditions


def _decode(cursor: str) -> tuple[float, int]:
    confidence, _, position = paging.decode(cursor, str).partition(" ")
    try:
        return float(confidence), int(position)
    except ValueError:
        raise InvalidCursor("the cursor is not one of this list; leave it out") from None


def counts(session: Session, job: Job) -> Counts:
    """Count the results of each kind, by what was counted as they were written where that is all.

    Results that workers of earlier versions wrote were not counted.
    """
    told = job.answers or {}
    if told.get(ANSWERED, 0) != job.done - job.failed:
        return _counted(session, job.id)
    digits = {digit: told[str(digit)] for digit in DIGITS if str(digit) in told}
    return Counts(told.get("wrong", 0), told.get("unsure", 0), job.failed, digits)


def _counted(session: Session, job_id: str) -> Counts:
    digit = col(Result.digit)
    by_digit = (
        select(digit, func.count())
        .where(col(Result.job_id) == job_id, digit.is_not(None))
        .group_by(digit)
    )
    return Counts(
        wrong=_count(session, job_id, "wrong"),
        unsure=_count(session, job_id, "unsure"),
        failed=_count(session, job_id, "failed"),
        digits={number: count for number, count in session.execute(by_digit) if number is not None},
    )


def _count(session: Session, job_id: str, kind: Kind) -> int:
    query = select(func.count()).select_from(Result).where(*_wanted(job_id, Selection(kind)))
    return session.execute(query).scalar_one()


def failed(session: Session, job_id: str) -> list[Item]:
    """The pictures whose result is an error, in their order."""
    query = (
        select(Item)
        .join(Result, col(Result.item_id) == col(Item.id))
        .where(*_wanted(job_id, Selection("failed")))
        .order_by(col(Result.position))
    )
    return list(session.scalars(query))


def quarantined(session: Session, key_id: str | None, limit: int) -> list[tuple[str, int]]:
    """Jobs with pictures that were set aside, newest first, and how many each has."""
    job = col(Result.job_id)
    query = (
        select(job, func.count())
        .where(col(Result.error_code) == ERROR_CODE)
        .group_by(job)
        .order_by(job.desc())
        .limit(limit)
    )
    if key_id is not None:
        query = query.join(Job, col(Job.id) == job).where(col(Job.key_id) == key_id)
    return [(job_id, count) for job_id, count in session.execute(query)]
