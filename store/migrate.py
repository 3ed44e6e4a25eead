"""Bringing a database to the schema of this version; works from an installed wheel."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from store.errors import DatabaseAway, InvalidState
from store.faults import translated
from store.session import open_database

#: Any number, the same in all processes: only one of them migrates at a time.
_LOCK = 6_277_777_001
#: Milliseconds that a migration waits for a table that others use: less than PostgreSQL waits
#: before it looks for a deadlock, so that the migration gives way and nobody who serves is broken
#: off.
_YIELD_MILLISECONDS = 200
#: Seconds between two tries, and until it gives up.
_PAUSE_SECONDS, _PATIENCE_SECONDS = 0.3, 600.0
#: PostgreSQL's code for a lock that was not to be had in that time.
_PG_LOCKED = "55P03"


def upgrade(url: str, revision: str = "head") -> str | None:
    """Bring the database up to a revision while it is in use; gives the one it is at.

    Raises `DatabaseAway`, and `InvalidState` when this version of the code knows no way there.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return _upgrade(url, revision)
        except DatabaseAway as error:
            if not _is_locked(error) or time.monotonic() > end:
                raise
        time.sleep(_PAUSE_SECONDS)


def _upgrade(url: str, revision: str) -> str | None:
    with _connected(url) as (connection, config):
        command.upgrade(config, revision)
        return _revision(connection)


def _is_locked(error: DatabaseAway) -> bool:
    return getattr(getattr(error.__cause__, "orig", None), "sqlstate", None) == _PG_LOCKED


def downgrade(url: str, revision: str) -> str | None:
    """Take the database back to a revision, `base` for none; data of later tables is lost."""
    with _connected(url) as (connection, config):
        command.downgrade(config, revision)
        return _revision(connection)


def current(url: str) -> str | None:
    """Give the revision that the database is at, None for an empty one. Raises `DatabaseAway`."""
    database = open_database(url)
    try:
        with database.read() as session:
            return _revision(session.connection())
    finally:
        database.dispose()


def revision(session: Session) -> str | None:
    """Give the revision that the database of a session is at."""
    return _revision(session.connection())


def knows(wanted: str) -> bool:
    """Whether this version of the code knows a revision, so that it can upgrade from there."""
    with _config() as config:
        return any(
            it.revision == wanted for it in ScriptDirectory.from_config(config).walk_revisions()
        )


def serves(revision: str | None) -> bool:
    """Whether this version of the code can work on a revision: its own, or a newer one.

    Migrations only add, so that an older version goes on working while an upgrade rolls.
    """
    return revision == head() or (revision is not None and not knows(revision))


def head() -> str:
    """Give the revision that this version of the code needs."""
    with _config() as config:
        revision = ScriptDirectory.from_config(config).get_current_head()
    if revision is None:
        raise RuntimeError("the migrations folder holds no revision")
    return revision


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _config() -> Iterator[Config]:
    with as_file(files("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        yield config


@contextmanager
def _connected(url: str) -> Iterator[tuple[Connection, Config]]:
    """One transaction, closed to every other migration, for the whole of a migration."""
    database = open_database(url)
    try:
        with translated(), _config() as config, database.begin() as session:
            connection = session.connection()
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                connection.execute(text(f"SET LOCAL lock_timeout = {_YIELD_MILLISECONDS}"))
            config.attributes["connection"] = connection
            yield connection, config
    except CommandError as error:
        raise InvalidState(f"the database cannot be migrated: {error}") from error
    finally:
        database.dispose()
