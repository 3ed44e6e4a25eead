"""Fault 1: processes of every kind are killed while pictures are solved."""

import random
import time

from tests.faults.experiment import Experiment, Finding, pause
from tests.faults.fleet import PATIENCE, Fleet
from tests.faults.processes import kill
from tests.faults.shape import Size
from tests.faults.vision import batch

#: Times the undisturbed time that the killed run may take.
SLOWER = 2.5
#: Share of the undisturbed time in which all kills fall.
SHARE = 0.9


def kill_processes(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Solve a job in peace, then another one while processes are killed at random."""
    calm = _solved(fleet, batch(rng, size.pictures, size.each))
    began = time.monotonic()
    job_id = fleet.submit(batch(rng, size.pictures, size.each))
    kills = 0
    while kills < size.times:
        pause(rng, SHARE * calm / size.times)
        kills += kill(rng.choice(fleet.victims()))
    fleet.wait(job_id, 10 * calm + PATIENCE)
    wild = time.monotonic() - began
    ratio = wild / calm
    found = Finding(f"{kills} kills: {wild:.0f} s, undisturbed {calm:.0f} s, {ratio:.2f} times")
    found.require(ratio <= SLOWER or size.pictures < 1000, f"{ratio:.2f} times the calm time")
    return found


def _solved(fleet: Fleet, texts: list[str]) -> float:
    """The seconds from the request to the last result."""
    began = time.monotonic()
    fleet.wait(fleet.submit(texts), 2 * PATIENCE)
    return time.monotonic() - began


KILLS = Experiment(
    1,
    "SIGKILL of main and child processes",
    kill_processes,
    whole=Size(pictures=2000, times=50, each=0.2),
    small=Size(pictures=40, times=2, each=0.1),
)
