"""Fault 12: clocks are set an hour forward and back, and machines disagree about the time."""

import random
import time

from tests.faults.clocks import ROLES
from tests.faults.errors import CannotRun
from tests.faults.experiment import Experiment, Finding, ideal
from tests.faults.fleet import Fleet
from tests.faults.processes import kill
from tests.faults.shape import BUSY, Shape, Size
from tests.faults.vision import batch

HOUR = 3600.0


def shift(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Set all clocks an hour on, then an hour back, each in the middle of a job.

    A worker dies at each moment, so that leases are left behind by a clock that is no more. Where
    the database is a server of its own, API and workers disagree with it by an hour as well.
    """
    waits = [_jumped(fleet, rng, size, to, ROLES) for to in (HOUR, 0.0, -HOUR, 0.0)]
    if fleet.postgres is not None:
        waits.append(_jumped(fleet, rng, size, HOUR, ("worker",)))
        waits.append(_jumped(fleet, rng, size, -HOUR, ("api", "scheduler")))
    found = Finding(f"{len(waits)} jumps of an hour: {max(waits):.1f} s later at most")
    bound = 10 * fleet.shape.lease * size.leeway
    found.require(max(waits) < bound, f"solved only after {max(waits):.1f} s")
    return found


def _jumped(
    fleet: Fleet, rng: random.Random, size: Size, to: float, roles: tuple[str, ...]
) -> float:
    """The seconds by which a job is late in whose middle the clocks jump and a worker dies."""
    assert fleet.clocks is not None
    began = time.monotonic()
    job_id = fleet.submit(batch(rng, size.pictures, size.each))
    fleet.wait_for(job_id, lambda job: job.done > 0)
    kill(rng.choice(fleet.of("worker")).pid)
    before = _told(fleet)
    fleet.clocks.shift(to, *roles)
    if "database" in roles and abs(_told(fleet) - before) < HOUR / 2:
        raise CannotRun("libfaketime moves no clock on this machine")
    fleet.wait(job_id)
    return time.monotonic() - began - ideal(fleet, size)


def _told(fleet: Fleet) -> float:
    """The time as a process of the fleet sees it."""
    job_id = fleet.submit(["0 tile 1"])
    return fleet.job(job_id).created_at.timestamp()


SHIFT = Experiment(
    12,
    "clocks set an hour on and back",
    shift,
    whole=Size(pictures=200, each=0.05),
    small=Size(pictures=24, each=0.05, leeway=BUSY),
    shape=Shape(workers=1, shifting=True),
    alone=True,
)
