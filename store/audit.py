"""The audit log, which only grows."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import paging
from store.clock import now
from store.paging import Page
from store.tables import Audit
from store.texts import storable


def note(
    session: Session,
    key_id: str | None,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write who did what to what; `key_id` None stands for the service itself."""
    session.add(
        Audit(
            at=now(session),
            key_id=key_id,
            action=action,
            subject=storable(subject)[:255],
            detail=detail or {},
        )
    )
    session.flush()


def page(session: Session, limit: int, cursor: str | None = None) -> Page[Audit]:
    """List entries, newest first; raises `InvalidCursor`."""
    query = select(Audit).order_by(col(Audit.id).desc()).limit(limit + 1)
    if cursor is not None:
        query = query.where(col(Audit.id) < paging.decode(cursor, int))
    return paging.cut(session.scalars(query).all(), limit, lambda entry: entry.id)
