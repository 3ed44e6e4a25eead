"""Fault 6: PostgreSQL is shut down at once and started again, under load."""

import random
import time

from tests.faults.experiment import Experiment, Finding, pause
from tests.faults.fleet import Fleet
from tests.faults.shape import Size
from tests.faults.traffic import Traffic
from tests.faults.vision import batch


def restart(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Let the database crash several times while jobs are sent and solved."""
    assert fleet.postgres is not None
    job_id = fleet.submit(batch(rng, size.pictures, size.each))
    with Traffic(fleet, rng) as traffic:
        for _ in range(size.times):
            pause(rng, 1.0)
            fleet.postgres.kill()
            time.sleep(size.seconds)
            fleet.postgres.start()
        pause(rng, 1.0)
    began = time.monotonic()
    fleet.wait(job_id)
    fleet.wait_all()
    drained = time.monotonic() - began
    answers = ", ".join(f"{count} x {status}" for status, count in traffic.statuses.items())
    found = Finding(
        f"{size.times} crashes of {size.seconds:.0f} s: {answers}; drained {drained:.1f} s after"
    )
    found.require(set(traffic.statuses) <= {202, 503}, f"answers {answers}")
    found.require(traffic.statuses[503] > 0, "nobody noticed")
    return found


RESTART = Experiment(
    6,
    "PostgreSQL restarted at once",
    restart,
    whole=Size(pictures=400, times=3, seconds=6, each=0.1),
    small=Size(pictures=30, times=1, seconds=0.5, each=0.02),
    databases=("postgresql",),
)
