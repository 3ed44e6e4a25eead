"""How Alembic reaches the database: on the connection it is given, or as the settings say."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, String

from store.session import open_database
from store.settings import settings
from store.tables import Table


def _render(kind: str, thing: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write the column types of the store, and plain strings, by their names."""
    if kind != "type":
        return False
    if type(thing).__module__ == "store.columns":
        autogenerate.imports.add(f"from store.columns import {type(thing).__name__}")
        return f"{type(thing).__name__}()"
    if isinstance(thing, String) and type(thing).__name__ == "AutoString":
        return f"sa.String({thing.length})"
    return False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        # SQLite alters a table by copying it.
        render_as_batch=connection.dialect.name == "sqlite",
        # The transaction is already open, and covers all revisions, on SQLite too.
        transactional_ddl=True,
        render_item=_render,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given)
        return
    database = open_database(settings().database_url)
    with database.begin() as session:
        _migrate(session.connection())
    database.dispose()


_run()
