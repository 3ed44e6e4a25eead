"""Clients that go on sending while something breaks, and how long they waited."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

import httpx

from tests.faults.fleet import PATIENCE, Fleet
from tests.faults.vision import batch
from tests.servers import wait_until
from worker.meanwhile import meanwhile

#: Seconds that a client rests between two requests.
REST = 0.05


class Traffic:
    """What clients were answered, and the seconds that each of their requests took."""

    def __init__(self, fleet: Fleet, rest: float) -> None:
        self._fleet, self._rest = fleet, rest
        self._lock = threading.Lock()
        self.seconds: list[float] = []
        self.statuses: Counter[int | str] = Counter()

    def run(self, seed: float, over: threading.Event) -> None:
        """Send one small job after the other."""
        rng = random.Random(seed)
        with self._fleet.new_client() as client:
            while not over.wait(self._rest):
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

    def wait_for(self, count: int, status: int = httpx.codes.ACCEPTED) -> None:
        """Wait until so many more requests were answered so."""
        wanted = self.statuses[status] + count
        wait_until(lambda: self.statuses[status] >= wanted, f"{count} answers {status}", PATIENCE)

    def p99(self) -> float:
        """The seconds that one request in a hundred waits longer than."""
        return percentile(self.seconds, 0.99)


@contextmanager
def sent(
    fleet: Fleet, rng: random.Random, clients: int = 3, rest: float = REST
) -> Iterator[Traffic]:
    """Let so many clients send while the block runs, which rest between their requests."""
    traffic = Traffic(fleet, rest)
    with ExitStack() as sending:
        for _ in range(clients):
            sending.enter_context(meanwhile("client", partial(traffic.run, rng.random())))
        yield traffic


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
