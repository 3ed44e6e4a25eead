"""Fault 15: jobs are cancelled at random moments."""

import random
import time

from store.states import OPEN_JOB
from tests.faults.experiment import Experiment, Finding
from tests.faults.fleet import Fleet
from tests.faults.shape import Size
from tests.faults.vision import batch


def cancel(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Cancel one job after the other, each at some number of its results or after its end."""
    ids, waits = [], []
    for _ in range(size.times):
        job_id = fleet.submit(batch(rng, size.pictures, size.each))
        fleet.wait_for_results(job_id, rng.randint(0, size.pictures * 6 // 5))
        began = time.monotonic()
        fleet.client.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()
        fleet.wait_for(job_id, lambda job: job.status not in OPEN_JOB)
        waits.append(time.monotonic() - began)
        ids.append(job_id)
    ended = [fleet.job(job_id) for job_id in ids]
    cancelled = [job for job in ended if job.status == "cancelled"]
    done = sum(job.done for job in cancelled)
    found = Finding(
        f"{len(cancelled)} cancelled with {done} of {sum(job.total for job in cancelled)} results, "
        f"{len(ids) - len(cancelled)} were done before; over {max(waits):.2f} s later at most"
    )
    found.require(bool(cancelled), "every job was done before its cancel")
    return found


CANCELS = Experiment(
    15,
    "cancel at random moments",
    cancel,
    whole=Size(pictures=64, times=50, each=0.03),
    small=Size(pictures=48, times=3, each=0.03),
)
