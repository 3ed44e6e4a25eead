"""Fault 6: PostgreSQL is shut down at once and started again, under load."""

import random

import httpx

from tests.faults.experiment import Experiment, Finding, last
from tests.faults.fleet import Fleet
from tests.faults.shape import Size
from tests.faults.traffic import sent
from tests.faults.vision import batch

#: Requests that are accepted between two crashes, at most.
BETWEEN = 40


def restart(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Let the database crash several times while jobs are sent and solved."""
    assert fleet.postgres is not None
    fleet.submit(batch(rng, size.pictures, size.each))
    with sent(fleet, rng) as traffic:
        for _ in range(size.times):
            traffic.wait_for(rng.randint(1, BETWEEN))
            fleet.postgres.kill()
            last(size.seconds)
            traffic.wait_for(1, httpx.codes.SERVICE_UNAVAILABLE)
            fleet.postgres.start()
        traffic.wait_for(rng.randint(1, BETWEEN))
    drained = fleet.drain()
    answers = ", ".join(f"{count} x {status}" for status, count in traffic.statuses.items())
    found = Finding(
        f"{size.times} crashes of {size.seconds:.0f} s: {answers}; drained {drained:.1f} s after"
    )
    found.require(set(traffic.statuses) <= {202, 503}, f"answers {answers}")
    return found


RESTART = Experiment(
    6,
    "PostgreSQL restarted at once",
    restart,
    whole=Size(pictures=400, times=3, seconds=6, each=0.1),
    small=Size(pictures=30, times=1, seconds=0.5, each=0.02),
    databases=("postgresql",),
)
