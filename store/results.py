"""The verbs on results. The caller has checked with `jobs.get` that the job is the reader's."""

from collections.abc import Iterator, Sequence
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer
from sqlmodel import col

from store import paging
from store.errors import NotFound
from store.paging import Page
from store.tables import Item, Result

#: Results in one query of a stream.
BATCH = 500

Only = Literal["solved", "failed"]


def page(
    session: Session,
    job_id: str,
    limit: int,
    cursor: str | None = None,
    *,
    only: Only | None = None,
    seen: bool = False,
) -> Page[Result]:
    """List results in the order of the pictures, `seen` only on demand; raises `InvalidCursor`."""
    after = paging.decode(cursor, int) if cursor is not None else -1
    query = _after(job_id, after, only) if seen else _lean(_after(job_id, after, only))
    rows = session.scalars(query.limit(limit + 1)).all()
    return paging.cut(rows, limit, lambda result: result.position)


def stream(
    session: Session, job_id: str, *, only: Only | None = None, seen: bool = False
) -> Iterator[Result]:
    """Give all results in the order of the pictures, `seen` only on demand, in bounded memory."""
    after = -1
    while rows := _some(session, _after(job_id, after, only), seen):
        yield from rows
        after = rows[-1].position
        session.expunge_all()


def _some(session: Session, query: Select[Result], seen: bool) -> Sequence[Result]:
    return session.scalars((query if seen else _lean(query)).limit(BATCH)).all()


def _after(job_id: str, position: int, only: Only | None) -> Select[Result]:
    query = (
        select(Result)
        .where(col(Result.job_id) == job_id, col(Result.position) > position)
        .order_by(col(Result.position))
    )
    if only == "failed":
        return query.where(col(Result.error_code).is_not(None))
    if only == "solved":
        return query.where(col(Result.error_code).is_(None))
    return query


def _lean(query: Select[Result]) -> Select[Result]:
    """Leave out `seen`, by far the largest column."""
    return query.options(defer(Result.seen, raiseload=True))  # type: ignore[arg-type]


def at(session: Session, job_id: str, positions: Sequence[int]) -> dict[int, Result]:
    """Read the results of some pictures, with `seen`, by their positions."""
    query = select(Result).where(
        col(Result.job_id) == job_id, col(Result.position).in_(list(positions))
    )
    return {row.position: row for row in session.scalars(query)}


def thumbnail_at(session: Session, job_id: str, position: int) -> str | None:
    """Find the small copy of the picture at a position, by SHA-256."""
    query = select(col(Result.thumbnail)).where(
        col(Result.job_id) == job_id, col(Result.position) == position
    )
    return session.scalars(query).first()


def thumbnail(session: Session, picture: str) -> str | None:
    """Find the small copy of a picture, whichever job it was solved in; both by SHA-256."""
    query = (
        select(col(Result.thumbnail))
        .join(Item, col(Item.id) == col(Result.item_id))
        .where(col(Item.blob) == picture, col(Result.thumbnail).is_not(None))
    )
    return session.scalars(query.limit(1)).first()


def one(session: Session, job_id: str, position: int) -> Result:
    """Read the result of one picture, with `seen`; raises `NotFound`."""
    query = select(Result).where(col(Result.job_id) == job_id, col(Result.position) == position)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(f"job {job_id} has no result for picture {position}")
    return found
