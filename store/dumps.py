"""The database as one file, taken at one moment while others go on writing, and back.

SQLite is copied by its online backup. From PostgreSQL each table is copied in one transaction that
sees one moment (REPEATABLE READ) into a zip archive; no program besides this one is needed, and the
file fits any version of the server.
"""

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from psycopg import Connection, sql
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store import migrate
from store.errors import InvalidState
from store.faults import translated
from store.session import open_database, parse_url
from store.tables import ApiKey, Dataset, Job, Table

#: Says which tables an archive holds, in the order of their references, and with which columns.
TABLES = "tables.json"
#: Bytes that are copied at a time.
PIECE = 1024 * 1024


def kind(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return parse_url(url).get_backend_name()


@contextmanager
def dumped(url: str, target: Path) -> Iterator[Session]:
    """Write the database to a new file; the session sees the very moment that is in it.

    Raises `DatabaseAway` and `DiskFull`.
    """
    take = _from_sqlite if kind(url) == "sqlite" else _from_postgresql
    with translated(), take(url, target) as session:
        yield session


def load(source: Path, schema: str, url: str) -> None:
    """Put a file's content into a database that holds nothing, at the schema of the file.

    Raises `InvalidState` when the database holds something already.
    """
    if not is_empty(url):
        raise InvalidState(
            "the database is not empty, and nothing is ever overwritten; restore into a new one"
        )
    with translated():
        if kind(url) == "sqlite":
            _into_sqlite(source, Path(parse_url(url).database or ""))
        else:
            _into_postgresql(source, schema, url)


def is_there(url: str) -> bool:
    """Whether there is a database to ask; opening an SQLite file would make it."""
    return kind(url) != "sqlite" or Path(parse_url(url).database or "").is_file()


def is_empty(url: str) -> bool:
    """Whether a database holds no keys, jobs and datasets; one that is not there does not."""
    if not is_there(url) or migrate.current(url) is None:
        return True
    database = open_database(url)
    try:
        with database.read() as session:
            ids = map(col, (ApiKey.id, Job.id, Dataset.id))
            return not any(session.execute(select(it).limit(1)).first() for it in ids)
    finally:
        database.dispose()


@contextmanager
def _from_sqlite(url: str, target: Path) -> Iterator[Session]:
    path = Path(parse_url(url).database or "").absolute()
    # Read-only: a database that is not there is not made.
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        # One file, without the journals beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    engine = create_engine(f"sqlite:///{target}")
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def _into_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".restored")
    shutil.copyfile(source, new)
    for journal in ("-wal", "-shm"):
        target.with_name(target.name + journal).unlink(missing_ok=True)
    new.replace(target)


@contextmanager
def _from_postgresql(url: str, target: Path) -> Iterator[Session]:
    database = open_database(url)
    try:
        with database.read() as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                _copy_out(session, archive)
            yield session
    finally:
        database.dispose()


def _copy_out(session: Session, archive: zipfile.ZipFile) -> None:
    seen = inspect(session.connection())
    there = set(seen.get_table_names())
    tables = {
        table.name: [column["name"] for column in seen.get_columns(table.name)]
        for table in Table.metadata.sorted_tables
        if table.name in there
    }
    archive.writestr(TABLES, json.dumps(tables))
    for name, columns in tables.items():
        with (
            _raw(session).cursor() as cursor,
            cursor.copy(_copy("COPY {} ({}) TO STDOUT", name, columns)) as rows,
            archive.open(name, "w", force_zip64=True) as member,
        ):
            for row in rows:
                member.write(row)


def _into_postgresql(source: Path, schema: str, url: str) -> None:
    migrate.upgrade(url, schema)
    database = open_database(url)
    try:
        with database.begin() as session, zipfile.ZipFile(source) as archive:
            for name, columns in json.loads(archive.read(TABLES)).items():
                _copy_in(session, archive, name, columns)
    finally:
        database.dispose()


def _copy_in(session: Session, archive: zipfile.ZipFile, name: str, columns: list[str]) -> None:
    with (
        _raw(session).cursor() as cursor,
        archive.open(name) as member,
        cursor.copy(_copy("COPY {} ({}) FROM STDIN", name, columns)) as rows,
    ):
        while piece := member.read(PIECE):
            rows.write(piece)
    if "id" in columns:
        _count_on(_raw(session), name)


def _count_on(connection: "Connection[Any]", name: str) -> None:
    """Have a table that numbers its rows go on after the last one."""
    numbered = "SELECT pg_get_serial_sequence(%s, 'id')"
    if connection.execute(numbered, (name,)).fetchone() == (None,):
        return
    query = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
    connection.execute(query.format(sql.Literal(name), sql.Identifier(name)))


def _copy(statement: str, name: str, columns: list[str]) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(cast("Any", statement)).format(sql.Identifier(name), listed)


def _raw(session: Session) -> "Connection[Any]":
    return cast("Connection[Any]", session.connection().connection.driver_connection)
