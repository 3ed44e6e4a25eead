"""The transactions of a database, timed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event

from store.session import Database


@contextmanager
def timed(database: Database) -> Iterator[list[float]]:
    """Gives the seconds of each transaction that this process commits while the block runs."""
    taken: list[float] = []
    began: dict[Connection, float] = {}

    def begin(connection: Connection) -> None:
        began[connection] = time.perf_counter()

    def commit(connection: Connection) -> None:
        # The event comes before the commit itself.
        taken.append(time.perf_counter() - began.pop(connection))

    event.listen(database.engine, "begin", begin)
    event.listen(database.engine, "commit", commit)
    try:
        yield taken
    finally:
        event.remove(database.engine, "begin", begin)
        event.remove(database.engine, "commit", commit)
