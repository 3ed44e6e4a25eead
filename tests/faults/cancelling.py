"""Fault 15: jobs are cancelled at random moments."""

import random
import time

from store.states import JobStatus
from store.tables import Job
from tests.faults.experiment import Experiment, Finding
from tests.faults.fleet import Fleet
from tests.faults.gate import Gate
from tests.faults.shape import Size
from tests.faults.vision import batch


def cancel(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Cancel one job after the other, each at some number of its results or after its end.

    One more is held in the middle of a picture: it cannot be done before its cancel.
    """
    ended, waits = [], []
    for _ in range(size.times):
        job_id = fleet.submit(batch(rng, size.pictures, size.each))
        fleet.wait_for_results(job_id, rng.randint(0, size.pictures * 6 // 5))
        began = time.monotonic()
        _cancel(fleet, job_id)
        ended.append(fleet.wait(job_id))
        waits.append(time.monotonic() - began)
    cancelled = [job for job in ended if job.status == JobStatus.CANCELLED]
    done = sum(job.done for job in cancelled)
    found = Finding(
        f"{len(cancelled)} cancelled with {done} of {sum(job.total for job in cancelled)} results, "
        f"{len(ended) - len(cancelled)} were done before; over {max(waits):.2f} s later at most"
    )
    held = _held(fleet, rng, size)
    found.require(held.status == JobStatus.CANCELLED, f"what was cancelled has {held.status}")
    return found


def _held(fleet: Fleet, rng: random.Random, size: Size) -> Job:
    """Cancel a job while a process holds its first picture; the job as it ended."""
    gate = Gate(fleet.folder)
    job_id = fleet.submit([gate.text, *batch(rng, size.pictures, size.each)])
    gate.pid()
    _cancel(fleet, job_id)
    gate.open()
    return fleet.wait(job_id)


def _cancel(fleet: Fleet, job_id: str) -> None:
    fleet.client.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()


CANCELS = Experiment(
    15,
    "cancel at random moments",
    cancel,
    whole=Size(pictures=64, times=50, each=0.03),
    small=Size(pictures=48, times=3, each=0.03),
)
