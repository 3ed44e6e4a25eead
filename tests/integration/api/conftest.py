"""Fixtures of the API's tests: the real application over real stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from api import create_app, limits, readiness
from store.settings import Settings
from tests.integration.api.parts import Caller, Maker, new_key
from tests.integration.api.visitor import Visitor
from tests.servers import PATIENCE


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the API wait longer for its broker, which shares a busy machine with the tests."""
    monkeypatch.setattr(limits, "TIMEOUT", PATIENCE)
    monkeypatch.setattr(readiness, "PATIENCE", PATIENCE)


@pytest.fixture
def lite(sqlite_url: str, tmp_path: Path) -> Settings:
    """Settings over SQLite, and nothing where the broker should be."""
    return Settings(
        data_dir=tmp_path,
        database_url=sqlite_url,
        broker_url="redis://127.0.0.1:1/0",
        min_free_bytes=0,
    )


@pytest.fixture
def make_caller() -> Iterator[Maker]:
    """Makes an application for some settings, and a caller that may read, submit and train."""
    made: list[Flask] = []

    def make(settings: Settings) -> Caller:
        app = create_app(settings)
        made.append(app)
        return Caller(app, new_key(app.extensions["orrery"].database))

    yield make
    for app in made:
        app.extensions["orrery"].database.dispose()
        app.extensions["orrery"].publisher.close()


@pytest.fixture
def caller(lite: Settings, make_caller: Maker) -> Caller:
    """A caller of a service over SQLite."""
    return make_caller(lite)


@pytest.fixture
def either(settings: Settings, make_caller: Maker) -> Caller:
    """A caller of a service over SQLite, and once more over PostgreSQL, with a broker."""
    return make_caller(settings)


@pytest.fixture
def visitor(caller: Caller) -> Visitor:
    """A visitor who has signed in."""
    found = Visitor(caller)
    assert found.sign_in().status_code == 303
    assert found.get("/").status_code == 200
    return found
