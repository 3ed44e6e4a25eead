"""Fault 10: pictures that crash their process, take all memory or never end."""

import random
import time

from tests.faults.experiment import Experiment, Finding
from tests.faults.fleet import Fleet
from tests.faults.shape import Shape, Size
from tests.faults.vision import batch

POISON = ("crash", "crash", "crash", "eat", "hang")


def poison(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Hide five such pictures among harmless ones."""
    texts = batch(rng, size.pictures - size.times, size.each)
    for verb in POISON[: size.times]:
        texts.insert(rng.randrange(len(texts) + 1), f"0 {verb}")
    began = time.monotonic()
    job = fleet.wait(fleet.submit(texts))
    seconds = time.monotonic() - began
    found = Finding(f"{job.failed} quarantined, {job.done - job.failed} solved in {seconds:.0f} s")
    found.require(job.failed == size.times, f"{job.failed} quarantined")
    return found


POISONED = Experiment(
    10,
    "pictures that crash, exhaust memory, never end",
    poison,
    whole=Size(pictures=2000, times=5, each=0.02),
    small=Size(pictures=20, times=1),
    shape=Shape(variables={"ORRERY_BATCH_SECONDS": "3"}),
)
