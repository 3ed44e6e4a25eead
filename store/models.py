"""The verbs on the model registry: one champion at a time, changed in one transaction."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import paging
from store.clock import now
from store.errors import InvalidState, NotFound
from store.insert import insert_new
from store.paging import Page
from store.tables import Model, ModelState

#: Models of a lineage that are followed back, whatever the rows say.
LONGEST_LINEAGE = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model comes from: its parent, the job that made it, a hash of what it learnt on."""

    parent: str | None = None
    job_id: str | None = None
    data_version: str | None = None


def register(
    session: Session,
    model_id: str,
    name: str,
    *,
    path: str | None = None,
    blob: str | None = None,
    size: int | None = None,
    card: dict[str, Any] | None = None,
    state: str = ModelState.CANDIDATE.value,
    origin: Origin = Origin(),
) -> Model:
    """Add a model, `name@hash`; one that is known already stays as it is.

    As `champion` it takes that place only when it is free, else it becomes a candidate.
    `blob`, `size`: its archive, and the bytes of its files.
    """
    wanted, origin = ModelState(state), origin or Origin()
    moment = now(session)
    if wanted is ModelState.CHAMPION and champion(session) is not None:
        wanted = ModelState.CANDIDATE
    row = Model(
        id=model_id,
        name=name,
        state=wanted.value,
        path=path,
        blob=blob,
        size=size,
        card=card or {},
        parent=origin.parent,
        job_id=origin.job_id,
        data_version=origin.data_version,
        created_at=moment,
        promoted_at=moment if wanted is ModelState.CHAMPION else None,
    )
    if not insert_new(session, row) and wanted is ModelState.CHAMPION:
        # Another process made its model champion, or registered this one, in this moment.
        row.state, row.promoted_at = ModelState.CANDIDATE.value, None
        insert_new(session, row)
    return session.get_one(Model, model_id, populate_existing=True)


def complete(
    session: Session, model_id: str, *, blob: str, size: int, card: dict[str, Any]
) -> None:
    """Add what a model was registered without; what it has stays. Raises `NotFound`."""
    model = get(session, model_id)
    if model.blob is None:
        model.blob, model.size = blob, size
    model.card = model.card or card
    session.flush()


def lineage(session: Session, reference: str) -> list[Model]:
    """List a model and those it was made from, the youngest first; raises `NotFound`."""
    found = [get(session, reference)]
    while (parent := found[-1].parent) is not None and len(found) < LONGEST_LINEAGE:
        before = session.get(Model, parent)
        if before is None or before in found:
            break
        found.append(before)
    return found


def family(session: Session, model: Model) -> list[Model]:
    """List all models of one origin, the oldest first: those it was made from, and all made of it.

    Up to LONGEST_LINEAGE generations in each direction.
    """
    found = {row.id: row for row in lineage(session, model.id)}
    waiting = list(found)
    for _ in range(LONGEST_LINEAGE):
        rows = session.scalars(select(Model).where(col(Model.parent).in_(waiting)))
        new = [row for row in rows if row.id not in found]
        found |= {row.id: row for row in new}
        waiting = [row.id for row in new]
        if not waiting:
            break
    return sorted(found.values(), key=lambda row: (row.created_at, row.id))


def champion(session: Session) -> Model | None:
    """Read the model that answers, or None while there is none."""
    query = select(Model).where(col(Model.state) == ModelState.CHAMPION.value)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def get(session: Session, reference: str) -> Model:
    """Read a model by `name@hash`, or the newest by its name; raises `NotFound`."""
    query = (
        select(Model)
        .where((col(Model.id) == reference) | (col(Model.name) == reference))
        .order_by((col(Model.id) == reference).desc(), col(Model.created_at).desc())
        .order_by(col(Model.id))
        .limit(1)
    )
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(f"there is no model {reference}")
    return found


def page(
    session: Session, limit: int, cursor: str | None = None, *, state: str | None = None
) -> Page[Model]:
    """List models by id; raises `InvalidCursor`."""
    query = select(Model).order_by(col(Model.id)).limit(limit + 1)
    if state is not None:
        query = query.where(col(Model.state) == state)
    if cursor is not None:
        query = query.where(col(Model.id) > paging.decode(cursor, str))
    return paging.cut(session.scalars(query).all(), limit, lambda model: model.id)


def promote(session: Session, reference: str) -> Model:
    """Make a model the champion and archive the one before it; raises `NotFound`."""
    _lock_all(session)
    model = get(session, reference)
    before = champion(session)
    if before is not None and before.id == model.id:
        return before
    if before is not None:
        before.state = ModelState.ARCHIVED.value
        # There is never more than one champion, not even between two statements.
        session.flush()
    model.state = ModelState.CHAMPION.value
    model.promoted_at = now(session)
    session.flush()
    return model


def former(session: Session) -> Model | None:
    """Read the champion before this one, which a rollback brings back; None where there is none."""
    query = (
        select(Model)
        .where(col(Model.state) == ModelState.ARCHIVED.value, col(Model.promoted_at).is_not(None))
        .order_by(col(Model.promoted_at).desc(), col(Model.id))
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def rollback(session: Session) -> Model:
    """Bring back the champion before this one; raises `InvalidState` when there was none."""
    _lock_all(session)
    current, before = champion(session), former(session)
    if current is None or before is None:
        raise InvalidState("no model was champion before this one; promote one by its id")
    current.state, current.promoted_at = ModelState.CANDIDATE.value, None
    session.flush()
    before.state = ModelState.CHAMPION.value
    session.flush()
    return before


def _lock_all(session: Session) -> None:
    """Let one change of the champion happen at a time."""
    session.execute(select(col(Model.id)).order_by(col(Model.id)).with_for_update())
