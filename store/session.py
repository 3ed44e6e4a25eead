"""The database, opened once a process, and transactions on it.

SQLite runs in WAL with `synchronous=FULL`; a write transaction begins IMMEDIATE, so that it never
has to be upgraded from a stale read. pysqlite would begin transactions by itself and late, so it
is told not to, and the "begin" event emits what is meant.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker

from store import clock
from store.errors import InvalidSetting
from store.faults import translated

#: Seconds that a write transaction waits for another one's end.
BUSY_SECONDS = 30
#: Seconds until a PostgreSQL server that does not answer counts as away.
CONNECT_SECONDS = 3
#: Seconds of silence after which either end of a connection asks whether the other one is there,
#: seconds between two such questions, and how many may stay unanswered.
SILENCE_SECONDS, ASK_SECONDS, ASK_TIMES = 5, 5, 3
#: Seconds that a write transaction may rest between two statements; none computes meanwhile.
REST_SECONDS = 10
#: Connections of one process; gunicorn's threads share them.
POOL_SIZE = 10
#: Seconds that a thread waits for a connection of the pool.
POOL_SECONDS = 10

_WRITES = "orrery_writes"


class Database:
    """The database behind a URL; safe to share between threads, not across a fork."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = sessionmaker(
            engine.execution_options(**{_WRITES: True}), expire_on_commit=False
        )
        self._reader = sessionmaker(
            engine.execution_options(postgresql_readonly=True), expire_on_commit=False
        )

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a write transaction: committed at the end, rolled back on an exception.

        Raises `DatabaseAway`, also when it is unknown whether the commit arrived, and `DiskFull`.
        """
        with translated(), self._writer.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that may only read. Raises `DatabaseAway`."""
        with translated(), self._reader.begin() as session:
            yield session

    def ping(self) -> None:
        """Ask the database for a sign of life; raises `DatabaseAway`."""
        with self.read() as session:
            clock.now(session)

    def dispose(self) -> None:
        """Close all connections; the next transaction opens new ones."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at a `sqlite:///` or `postgresql://` URL, without connecting yet.

    Makes the folder of an SQLite file. Raises `InvalidSetting` for any other URL.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return Database(_sqlite(parsed))
    return Database(_postgresql(parsed))


def parse_url(url: str) -> URL:
    """Read a database URL and choose its driver; raises `InvalidSetting`."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InvalidSetting("ORRERY_DATABASE_URL is no URL; write sqlite:///FILE") from None
    drivers = {"sqlite": "sqlite", "postgres": "postgresql+psycopg"}
    drivers["postgresql"] = drivers["postgresql+psycopg"] = drivers["postgres"]
    if parsed.drivername not in drivers:
        raise InvalidSetting(
            f"ORRERY_DATABASE_URL begins with {parsed.drivername}://, which is not supported; "
            "use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
        )
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise InvalidSetting(
            "ORRERY_DATABASE_URL names no file, but several processes share the database; "
            "write sqlite:///FILE"
        )
    return parsed.set(drivername=drivers[parsed.drivername])


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=POOL_SECONDS,
        # A connection that died with the server is noticed before work is put on it.
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "orrery",
            **_signs_of_life(url),
        },
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    """Let the server end a write that goes no further, as that of a frozen process does.

    Its locks would keep everybody else from its job for as long. Nor is a lock waited for without
    end: an operator's session may hold it, which nothing ends.
    """
    if connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql(
            f"SELECT set_config('idle_in_transaction_session_timeout', '{REST_SECONDS}s', true), "
            f"set_config('lock_timeout', '{1000 * BUSY_SECONDS:.0f}', true)"
        )


def _signs_of_life(url: URL) -> dict[str, Any]:
    """Have both ends notice that the other's host is gone, of which nobody tells them.

    The server lets go of the locks of a host that lost its power in a transaction; else it would
    keep them for two hours. What a host sent, it gives up as soon.
    """
    asking = {"idle": SILENCE_SECONDS, "interval": ASK_SECONDS, "count": ASK_TIMES}
    patience = 1000 * (SILENCE_SECONDS + ASK_SECONDS * ASK_TIMES)
    server = {f"tcp_keepalives_{name}": value for name, value in asking.items()}
    server["tcp_user_timeout"] = patience
    own = url.normalized_query.get("options", ())
    return {
        **{f"keepalives_{name}": value for name, value in asking.items()},
        "tcp_user_timeout": patience,
        "options": " ".join([*own, *(f"-c {name}={value}" for name, value in server.items())]),
    }


def _sqlite(url: URL) -> Engine:
    with translated():
        Path(url.database or "").absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=POOL_SECONDS,
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
