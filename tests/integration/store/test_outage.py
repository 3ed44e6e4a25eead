"""A database that goes away, is busy, is full or is empty."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from store import jobs, keys, session
from store.errors import DatabaseAway, DiskFull
from store.locks import lock_job
from store.session import Database, open_database
from store.tables import Job
from tests.integration.store.parts import accepted, pictures
from tests.servers import Postgres


def test_a_killed_server_is_told_and_its_return_is_noticed(
    postgres: Postgres, postgresql_database: Database, postgresql_key: str
) -> None:
    before = accepted(postgresql_database, postgresql_key)
    postgres.kill()
    try:
        with pytest.raises(DatabaseAway, match="away"):
            accepted(postgresql_database, postgresql_key)
        with pytest.raises(DatabaseAway):
            postgresql_database.ping()
    finally:
        postgres.start()

    after = accepted(postgresql_database, postgresql_key)
    with postgresql_database.read() as reader:
        assert set(reader.scalars(select(col(Job.id)))) == {before.id, after.id}


def test_a_transaction_that_loses_its_server_is_never_taken_for_committed(
    postgres: Postgres, postgresql_database: Database, postgresql_key: str
) -> None:
    def accept_and_lose() -> None:
        with postgresql_database.begin() as writer:
            jobs.accept(writer, postgresql_key, "solve", pictures(2), chunk_size=2)
            postgres.kill()
            postgres.start()

    with pytest.raises(DatabaseAway):
        accept_and_lose()

    with postgresql_database.read() as reader:
        assert reader.scalars(select(Job)).all() == []


def test_a_write_that_goes_no_further_keeps_nobody_from_its_job(
    postgresql_database: Database, postgresql_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = accepted(postgresql_database, postgresql_key)

    def cancelled_by_another() -> None:
        with postgresql_database.begin() as writer:
            jobs.cancel(writer, None, job.id)

    def rest_in_a_write() -> None:
        with postgresql_database.begin() as writer:
            with monkeypatch.context() as patch:
                patch.setattr(session, "REST_SECONDS", 1)
                lock_job(writer, job.id)
            cancelled_by_another()
            jobs.get(writer, None, job.id)
            writer.flush()

    with pytest.raises(DatabaseAway, match="idle"):
        rest_in_a_write()

    with postgresql_database.read() as reader:
        assert jobs.get(reader, None, job.id).cancel_requested


def test_a_row_that_somebody_keeps_locked_is_not_waited_for_without_end(
    postgresql_database: Database, postgresql_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "BUSY_SECONDS", 0.1)
    job = accepted(postgresql_database, postgresql_key)

    with postgresql_database.begin() as operator:
        lock_job(operator, job.id)
        with pytest.raises(DatabaseAway, match="busy"), postgresql_database.begin() as writer:
            jobs.cancel(writer, None, job.id)


def test_a_server_that_was_never_there_is_away(tmp_path: Path) -> None:
    database = open_database(f"postgresql://nobody@/nothing?host={tmp_path}")

    with pytest.raises(DatabaseAway):
        database.ping()


def test_a_database_without_tables_says_what_to_do(postgres: Postgres, tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'empty.db'}", postgres.url("postgres")):
        database = open_database(url)
        with pytest.raises(DatabaseAway, match="orrery db upgrade"), database.read() as reader:
            keys.authenticate(reader, "orr_a.b")
        database.dispose()


def test_a_locked_file_is_busy_not_broken(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BUSY_SECONDS", 0.1)
    database, other = open_database(sqlite_url), open_database(sqlite_url)
    with database.begin() as writer:
        keys.create(writer, "first", ["read"])
        with pytest.raises(DatabaseAway, match="busy"), other.begin() as rival:
            keys.create(rival, "second", ["read"])


def test_a_full_disk_is_told_and_nothing_is_half_written(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.begin() as writer:
        key, _ = keys.create(writer, "test", ["submit"])
        writer.execute(text("PRAGMA max_page_count = 90"))

    with pytest.raises(DiskFull, match="free some room"), database.begin() as writer:
        jobs.accept(writer, key.id, "solve", pictures(5_000), chunk_size=2)

    with database.read() as reader:
        assert reader.scalars(select(Job)).all() == []


def test_many_threads_write_to_one_file_without_losing_anything(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.begin() as writer:
        key, _ = keys.create(writer, "test", ["submit"])

    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: accepted(database, key.id).id, range(40)))

    with database.read() as reader:
        assert set(reader.scalars(select(col(Job.id)))) == made
    assert len(made) == 40


def test_a_reader_sees_one_moment_while_a_writer_goes_on(database: Database, key_id: str) -> None:
    with database.read() as reader:
        assert jobs.page(reader, key_id, 10).items == []
        job = accepted(database, key_id)
    with database.read() as reader:
        assert jobs.get(reader, key_id, job.id).status == "queued"


def test_a_read_transaction_refuses_to_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"), database.read() as reader:
        keys.create(reader, "test", ["read"])
    with database.begin() as writer:
        keys.create(writer, "test", ["read"])


def test_sqlite_is_set_up_to_lose_nothing(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.begin() as writer:
        found = {
            name: writer.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        # The write lock is held from the beginning on, before any write.
        rival = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            rival.execute("BEGIN IMMEDIATE")
        rival.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
