"""Fault 14: clients that are slow, silent or half gone."""

import contextlib
import random
import socket
import threading
from functools import partial

from tests.faults.experiment import Experiment, Finding, last
from tests.faults.fleet import Fleet
from tests.faults.shape import BUSY, Size
from tests.faults.traffic import sent
from worker.meanwhile import meanwhile

#: Seconds between two bytes of a slow client.
DRIP = 0.5
#: Seconds that the other clients may wait.
P99 = 1.0


def crowd(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Serve other clients while a crowd holds its connections and sends next to nothing."""
    with sent(fleet, rng) as alone:
        alone.wait_for(size.requests)
    openings = [b"", _HEAD[:40], _HEAD + _BODY]
    with contextlib.ExitStack() as held:
        sockets = [_opened(held, fleet, rng.choice(openings)) for _ in range(size.times)]
        with meanwhile("drip", partial(_drip, sockets)), sent(fleet, rng) as traffic:
            last(size.seconds)
            traffic.wait_for(size.requests)
    fleet.wait_all()
    found = Finding(
        f"{size.times} slow clients: p99 of {len(traffic.seconds)} others {traffic.p99():.2f} s, "
        f"without them {alone.p99():.2f} s"
    )
    found.require(set(traffic.statuses) == {202}, f"answers {dict(traffic.statuses)}")
    found.require(traffic.p99() < P99 * size.leeway, f"p99 {traffic.p99():.2f} s")
    return found


_HEAD = (
    b"POST /v1/jobs/solve HTTP/1.1\r\nHost: orrery\r\nAuthorization: Bearer %s\r\n"
    b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
)
_BODY = b'--b\r\nContent-Disposition: form-data; name="images"; filename="a.png"\r\n\r\n\x89PNG'


def _opened(held: contextlib.ExitStack, fleet: Fleet, opening: bytes) -> socket.socket:
    host, port = fleet.address.removeprefix("http://").split(":")
    opened = held.enter_context(socket.create_connection((host, int(port)), timeout=10))
    opened.sendall(opening.replace(b"%s", fleet.key.encode()))
    return opened


def _drip(sockets: list[socket.socket], over: threading.Event) -> None:
    """Let every second client send a byte now and then; the others say nothing more."""
    while not over.wait(DRIP):
        for client in sockets[::2]:
            with contextlib.suppress(OSError):
                client.sendall(b"x")


CROWD = Experiment(
    14,
    "slow and half-open clients",
    crowd,
    whole=Size(times=200, seconds=20, requests=100),
    small=Size(times=200, requests=20, leeway=BUSY),
)
