"""An insert that leaves an existing row alone, on both databases."""

from typing import Any

from sqlalchemy import literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from store.tables import Table


def insert_new(session: Session, row: Table) -> bool:
    """Insert the row unless one with the same unique values is there; tell whether it was new.

    Waits on PostgreSQL for a transaction that is about to insert the same one.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement: Any = dialect.insert(type(row)).values(row.model_dump()).on_conflict_do_nothing()
    return session.execute(statement.returning(literal_column("1"))).first() is not None
