"""Faults 7 and 8: the API dies at the worst moments, and many requests under one key."""

import random
import secrets
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import func, select

from store.tables import Job
from tests.faults.doomed import POINTS
from tests.faults.experiment import Experiment, Finding
from tests.faults.fleet import PATIENCE, Fleet
from tests.faults.shape import Size
from tests.faults.vision import batch
from tests.servers import wait_until


def die(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Kill the process that accepts a job at each point of its way; the client repeats its key."""
    before, waits = _count(fleet), list[float]()

    def dies(armed: Path) -> bool:
        armed.touch()
        began = time.monotonic()
        fleet.submit(batch(rng, size.pictures))
        waits.append(time.monotonic() - began)
        # Where the dispatcher was quicker, the API has nothing left to publish: the next one dies.
        return not armed.exists()

    deaths = POINTS * size.times
    for point in deaths:
        wait_until(partial(dies, fleet.points / point), f"a death at the point {point}", PATIENCE)
    fleet.wait_all()
    made = _count(fleet) - before
    found = Finding(
        f"{len(deaths)} deaths, {len(waits)} keys, {made} jobs; "
        f"accepted {max(waits):.1f} s later at most"
    )
    found.require(made == len(waits), f"{made} jobs for {len(waits)} keys")
    return found


def _count(fleet: Fleet) -> int:
    with fleet.database.read() as session:
        return int(session.scalar(select(func.count()).select_from(Job)) or 0)


def repeat(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Send one request many times at once, and another one under its key."""
    before, key, texts = _count(fleet), secrets.token_hex(8), batch(rng, size.pictures)
    together = threading.Barrier(size.times)

    def send(_number: int) -> httpx.Response:
        with fleet.new_client() as client:
            together.wait()
            return fleet.post(texts, key, client, mark=key)

    with ThreadPoolExecutor(size.times) as threads:
        answers = list(threads.map(send, range(size.times)))
    other = fleet.post(batch(rng, size.pictures), key)
    fleet.wait_all()
    statuses = Counter(answer.status_code for answer in answers)
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    found = Finding(f"{dict(statuses)}, {len(ids)} job; another body: {other.status_code}")
    found.require(statuses == {202: size.times}, f"answers {dict(statuses)}")
    found.require(len(ids) == _count(fleet) - before == 1, f"{len(ids)} jobs under one key")
    found.require(other.status_code == 409, f"another body got {other.status_code}")
    return found


DEATHS = Experiment(
    7,
    "API killed after blob, commit, before publish",
    die,
    whole=Size(pictures=3, times=20),
    small=Size(pictures=3, times=1),
)
REPEATS = Experiment(
    8,
    "concurrent POSTs under one key",
    repeat,
    whole=Size(pictures=3, times=50),
    small=Size(pictures=3, times=20),
)
