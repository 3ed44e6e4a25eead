"""Clients that go on sending while something breaks, and how long they waited."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import httpx

from tests.faults.fleet import Fleet
from tests.faults.vision import batch

#: Seconds that a client rests between two requests.
REST = 0.05


class Traffic:
    """Sends one small job after the other from some threads while the block runs."""

    def __init__(
        self, fleet: Fleet, rng: random.Random, clients: int = 3, rest: float = REST
    ) -> None:
        self._fleet, self._rest = fleet, rest
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.seconds: list[float] = []
        self.statuses: Counter[int | str] = Counter()
        seeds = [rng.random() for _ in range(clients)]
        self._threads = [threading.Thread(target=self._run, args=(seed,)) for seed in seeds]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, seed: float) -> None:
        rng = random.Random(seed)
        with self._fleet.new_client() as client:
            while not self._over.wait(self._rest):
                began = time.monotonic()
                status = self._send(rng, client)
                with self._lock:
                    self.seconds.append(time.monotonic() - began)
                    self.statuses[status] += 1

    def _send(self, rng: random.Random, client: httpx.Client) -> int | str:
        try:
            return self._fleet.post(batch(rng, 2), client=client).status_code
        except httpx.TransportError as error:
            return type(error).__name__

    def p99(self) -> float:
        """The seconds that one request in a hundred waits longer than."""
        return percentile(self.seconds, 0.99)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
