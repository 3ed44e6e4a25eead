"""A migration gives way to who uses the tables, and parts wait for what they need."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from cli.main import main
from store import migrate
from store.errors import DatabaseAway
from store.session import open_database
from tests.faults.experiment import last
from tests.servers import Postgres, wait_until
from worker.meanwhile import meanwhile


@pytest.fixture
def behind(postgres: Postgres) -> str:
    """A PostgreSQL database with the first tables only."""
    url = postgres.url(postgres.copy("template1"))
    migrate.upgrade(url, "0001")
    return url


def test_a_migration_waits_for_a_transaction_and_breaks_none_off(behind: str) -> None:
    user = open_database(behind)
    reached: list[str | None] = []
    at_work = threading.Event()

    def upgrade(_over: threading.Event) -> None:
        at_work.wait()
        reached.append(migrate.upgrade(behind))

    with meanwhile("migration", upgrade):
        with user.begin() as session:
            session.execute(text("SELECT * FROM job")).all()
            session.execute(text("SELECT * FROM result")).all()
            at_work.set()
            wait_until(lambda: somebody_waits(session), "asking for a table")
            # Longer than PostgreSQL waits before it breaks off one of two who wait for each other.
            last(1.5)
            session.execute(text("LOCK TABLE item IN SHARE MODE"))
            assert reached == []
        wait_until(lambda: bool(reached), "the migration")
    user.dispose()

    assert reached == [migrate.head()]


def somebody_waits(session: Session) -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
        "WHERE NOT granted AND datname = current_database()"
    )
    return bool(session.scalar(waiting))


def test_a_part_waits_for_its_schema(behind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["db", "wait", "--database-url", behind, "--seconds", "0"]) == 1
    assert f"{migrate.head()} is needed; run 'orrery db upgrade'" in capsys.readouterr().err

    migrate.upgrade(behind)
    assert main(["db", "wait", "--database-url", behind, "--seconds", "0"]) == 0


def test_an_older_part_does_not_wait(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    database.dispose()

    assert main(["db", "wait", "--database-url", postgresql_url, "--seconds", "0"]) == 0


def test_a_database_that_is_away_is_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    away = "postgresql://postgres@127.0.0.1:1/none"
    with pytest.raises(DatabaseAway):
        migrate.current(away)

    assert main(["db", "wait", "--database-url", away, "--seconds", "0"]) == 1
    assert "is away" in capsys.readouterr().err
