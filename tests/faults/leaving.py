"""Fault 16: workers are told to stop under load."""

import random
import signal
import time

from sqlalchemy import func, select
from sqlmodel import col

from store.tables import Item
from tests.faults.experiment import Experiment, Finding
from tests.faults.fleet import CHUNK, PATIENCE, Fleet
from tests.faults.processes import Part, kill
from tests.faults.shape import BUSY, Size
from tests.faults.vision import batch
from tests.servers import wait_until

#: Seconds that a worker has to leave.
GRACE = 20.0


def terminate(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Send SIGTERM to one worker after the other while a job is carried out."""
    waits: list[float] = []
    job_id, before = "", _blamed(fleet)
    for _ in range(size.times):
        if not job_id or fleet.job(job_id).finished_at is not None:
            job_id = fleet.submit(batch(rng, size.pictures, size.each))
        fleet.wait_for_results(job_id, fleet.job(job_id).done + rng.randint(1, CHUNK))
        waits.append(_left(fleet, rng.choice(fleet.of("worker"))))
        fleet.wait_for_workers()
    fleet.wait_all()
    blamed = _blamed(fleet) - before
    found = Finding(
        f"{len(waits)} times: out {max(waits):.1f} s later at most, {blamed} pictures blamed"
    )
    found.require(max(waits) < GRACE * size.leeway, f"out only after {max(waits):.1f} s")
    return found


def _left(fleet: Fleet, worker: Part) -> float:
    """The seconds that a worker takes to leave."""
    began, starts = time.monotonic(), worker.starts
    kill(worker.pid, signal.SIGTERM)
    wait_until(lambda: worker.starts > starts, "the worker's end", PATIENCE)
    return time.monotonic() - began


def _blamed(fleet: Fleet) -> int:
    with fleet.database.read() as session:
        return int(session.scalar(select(func.count()).where(col(Item.attempts) > 0)) or 0)


TERMINATE = Experiment(
    16,
    "SIGTERM under load",
    terminate,
    whole=Size(pictures=400, times=20, each=0.1),
    small=Size(pictures=60, times=1, each=0.05, leeway=BUSY),
)
