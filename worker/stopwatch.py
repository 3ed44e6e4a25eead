"""The seconds that each stage of a worker's batch takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, local
from time import perf_counter


@dataclass(slots=True)
class Lap:
    """One block's seconds, once it has ended."""

    seconds: float = 0.0


class _Laps(local):
    def __init__(self) -> None:
        self.by_stage: dict[str, float] = {}


class Stopwatch:
    """Adds up seconds by stage, for each thread apart.

    Where two threads are at one stage at once, what ends later counts from the end of the other:
    it may have waited till then, and no second is counted twice.
    """

    def __init__(self) -> None:
        self._mine = _Laps()
        self._ended: dict[str, float] = {}
        self._lock = Lock()

    @contextmanager
    def time(self, stage: str) -> Iterator[Lap]:
        """Count the block to a stage, also when it raises."""
        lap, started = Lap(), perf_counter()
        try:
            yield lap
        finally:
            lap.seconds = self._since(stage, started)
            laps = self._mine.by_stage
            laps[stage] = laps.get(stage, 0.0) + lap.seconds

    def _since(self, stage: str, started: float) -> float:
        with self._lock:
            ended = perf_counter()
            before, self._ended[stage] = self._ended.get(stage, started), ended
        return ended - max(started, before)

    def take(self) -> dict[str, float]:
        """Give what this thread has counted, and begin anew."""
        taken, self._mine.by_stage = self._mine.by_stage, {}
        return taken
