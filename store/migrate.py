"""Bringing a database to the schema of this version; works from an installed wheel."""

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

from store.errors import InvalidState
from store.faults import translated
from store.session import open_database

#: Any number, the same in all processes: only one of them migrates at a time.
_LOCK = 6_277_777_001


def upgrade(url: str, revision: str = "head") -> str | None:
    """Bring the database up to a revision; gives the one it is at.

    Raises `DatabaseAway`, and `InvalidState` when this version of the code knows no way there.
    """
    with _connected(url) as (connection, config):
        command.upgrade(config, revision)
        return _revision(connection)


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
            config.attributes["connection"] = connection
            yield connection, config
    except CommandError as error:
        raise InvalidState(f"the database cannot be migrated: {error}") from error
    finally:
        database.dispose()
