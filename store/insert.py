"""An insert that leaves an existing row alone, on both databases."""

from typing import Any

from sqlalchemy import CursorResult, Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.tables import Table


def insert_new(session: Session, row: Table) -> bool:
    """Insert the row unless one with the same unique values is there; tell whether it was new.

    Waits on PostgreSQL for a transaction that is about to insert the same one.
    """
    table = type(row)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement: Any = dialect.insert(table).values(_values(row)).on_conflict_do_nothing()
    result: CursorResult[Any] = _run(session, statement)
    return result.rowcount == 1


def _values(row: Table) -> dict[str, Any]:
    values = row.model_dump()
    return {name: value for name, value in values.items() if not (name == "id" and value is None)}


def _run(session: Session, statement: Insert) -> CursorResult[Any]:
    result = session.execute(statement)
    if not isinstance(result, CursorResult):
        raise TypeError("an insert gives a cursor")
    return result
