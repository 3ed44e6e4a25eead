"""A worker's connection to a broker that vanishes without a word."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from store.settings import Settings
from tests.servers import PATIENCE, Valkey
from worker import app
from worker.settings import WorkerSettings


class NotThere(Exception):
    """The connection was given up."""


def test_a_broker_that_says_nothing_is_not_listened_to_for_ever(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "ANSWER_SECONDS", 0.2)
    made = app.create_app(Settings(broker_url=valkey.url), WorkerSettings())

    def failed(_error: Exception, _wait: float) -> None:
        raise NotThere

    valkey.freeze()
    with ThreadPoolExecutor(1) as thread:
        tried = thread.submit(made.connection_for_read().ensure_connection, failed)
        try:
            with pytest.raises(NotThere):
                tried.result(timeout=PATIENCE)
        finally:
            valkey.thaw()
