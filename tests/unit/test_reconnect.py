"""How long a worker's connection waits between two looks for its broker."""

import contextlib
import itertools

from store.settings import Settings
from worker.app import create_app
from worker.reconnect import FIRST, LONGEST
from worker.settings import WorkerSettings


class Enough(Exception):
    """The waits that a test wants to see were seen."""


def test_a_broker_that_was_away_for_long_is_found_within_seconds() -> None:
    app = create_app(Settings(broker_url="redis://127.0.0.1:1/0"), WorkerSettings())
    waits: list[float] = []

    def failed(_error: Exception, wait: float) -> None:
        waits.append(wait)
        if len(waits) == 3:
            raise Enough

    with contextlib.suppress(Enough):
        app.connection_for_read().ensure_connection(failed)
    assert waits[0] == FIRST
    assert all(before < after <= LONGEST for before, after in itertools.pairwise(waits))
