"""The seconds that each stage of a worker's batch takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Stopwatch:
    """Adds up seconds by stage; for one thread."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Count the block to a stage, also when it raises."""
        started = perf_counter()
        try:
            yield
        finally:
            self._seconds[stage] = self._seconds.get(stage, 0.0) + perf_counter() - started

    def take(self) -> dict[str, float]:
        """Give what was counted, and begin anew."""
        taken, self._seconds = self._seconds, {}
        return taken
