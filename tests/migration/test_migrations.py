"""The history of the schema, on both databases."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import Connection, inspect, text

from cli.db import db
from store import keys, migrate
from store.errors import InvalidState
from store.session import open_database
from store.tables import Table
from tests.servers import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.copy("template1")
    yield server.url(name)
    server.drop(name)


def schema(connection: Connection) -> dict[str, Any]:
    """Describe the tables as the database sees them."""
    seen = inspect(connection)

    return {
        table: [
            plain(seen.get_columns(table)),
            plain(seen.get_indexes(table)),
            plain(seen.get_foreign_keys(table)),
            plain(seen.get_check_constraints(table)),
            plain(seen.get_unique_constraints(table)),
            plain(seen.get_pk_constraint(table)),
        ]
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def plain(found: object) -> str:
    """Write a description down in one way, whatever the order of its parts."""
    if isinstance(found, dict):
        return str(sorted((key, plain(value)) for key, value in found.items()))
    if isinstance(found, list):
        return str(sorted(plain(entry) for entry in found))
    return str(found)


def schema_at(url: str) -> dict[str, Any]:
    database = open_database(url)
    with database.read() as session:
        found = schema(session.connection())
    database.dispose()
    return found


def test_an_empty_database_goes_up_down_and_up_again(empty_url: str) -> None:
    assert migrate.current(empty_url) is None
    assert migrate.upgrade(empty_url) == migrate.head()
    first = schema_at(empty_url)

    assert migrate.downgrade(empty_url, "base") is None
    assert schema_at(empty_url) == {}

    assert migrate.upgrade(empty_url) == migrate.head()
    assert schema_at(empty_url) == first
    assert migrate.current(empty_url) == migrate.head()


def test_upgrading_twice_keeps_the_data(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    database = open_database(empty_url)
    with database.begin() as session:
        _, plaintext = keys.create(session, "test", ["read"])

    migrate.upgrade(empty_url)

    with database.read() as session:
        assert keys.authenticate(session, plaintext) is not None
    database.dispose()


def test_the_history_ends_at_the_tables_of_the_code(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    database = open_database(empty_url)

    with database.read() as session:
        context = MigrationContext.configure(
            session.connection(), opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Table.metadata) == []
    database.dispose()


def test_the_history_makes_the_same_constraints_as_the_code(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    by_history = schema_at(empty_url)
    migrate.downgrade(empty_url, "base")
    database = open_database(empty_url)
    with database.begin() as session:
        Table.metadata.create_all(session.connection())
    database.dispose()

    assert by_history == schema_at(empty_url)


def test_several_machines_may_upgrade_at_once(empty_url: str) -> None:
    upgrade = f"from store.migrate import upgrade; upgrade({empty_url!r})"

    processes = [subprocess.Popen([sys.executable, "-c", upgrade]) for _ in range(2)]

    assert [process.wait(600) for process in processes] == [0, 0]

    assert migrate.current(empty_url) == migrate.head()


def test_a_database_of_a_later_version_is_refused(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    database = open_database(empty_url)
    with database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.dispose()

    with pytest.raises(InvalidState, match="9999"):
        migrate.upgrade(empty_url)


def test_a_failed_migration_leaves_nothing_behind(empty_url: str) -> None:
    database = open_database(empty_url)
    with database.begin() as session:
        # In the way of the last table.
        session.execute(text("CREATE TABLE result (x INTEGER)"))
    database.dispose()

    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade(empty_url)

    assert list(schema_at(empty_url)) == ["result"]
    assert migrate.current(empty_url) is None


def test_the_command_line_upgrades_and_tells_the_revision(empty_url: str) -> None:
    def run(command: str) -> tuple[int, str]:
        done = CliRunner().invoke(db, [command, "--database-url", empty_url])
        return done.exit_code, done.stdout.strip()

    assert run("current") == (1, "none")
    assert run("upgrade") == (0, migrate.head())
    assert run("current") == (0, migrate.head())
