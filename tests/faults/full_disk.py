"""Fault 11: the disk runs full."""

import os
import random
import time
from pathlib import Path

from tests.faults.experiment import Experiment, Finding, pause
from tests.faults.fleet import Fleet
from tests.faults.shape import Shape, Size
from tests.faults.vision import batch

#: Bytes of the small disk, and of one write to its end.
ROOM = 24 * 2**20
PIECE = 64 * 1024


def fill(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Fill the disk of pictures in the middle of a job; then free it again."""
    refused, told, began = 0, set[int](), time.monotonic()
    for _ in range(size.times):
        job_id = fleet.submit(batch(rng, size.pictures, size.each))
        fleet.wait_for(job_id, lambda job: job.done > 0)
        filler = _fill(fleet)
        for _ in range(size.requests):
            answer = fleet.post(batch(rng, 200))
            told.add(answer.status_code)
            refused += answer.status_code == 507
            pause(rng, 0.2)
        filler.unlink()
        fleet.wait(job_id)
        fleet.submit(batch(rng, 2))
    fleet.wait_all()
    seconds = time.monotonic() - began
    found = Finding(
        f"full {size.times} times: {refused} requests refused with 507; {seconds:.0f} s in all"
    )
    found.require(told <= {202, 507}, f"answers {sorted(told)}")
    found.require(refused > 0, "nothing was refused")
    left = list((fleet.disk / "blobs" / "incoming").glob("*"))
    found.require(not left, f"{len(left)} files half written")
    return found


def _fill(fleet: Fleet) -> Path:
    filler = fleet.disk / "filler"
    with filler.open("wb", buffering=0) as file:
        piece = b"\0" * PIECE
        while piece:
            try:
                file.write(piece)
            except OSError:
                piece = piece[: len(piece) // 2]
        os.fsync(file.fileno())
    return filler


FULL = Experiment(
    11,
    "disk full",
    fill,
    whole=Size(pictures=200, times=3, each=0.05, requests=25),
    small=Size(pictures=30, times=1, each=0.03, requests=3),
    shape=Shape(workers=1, room=ROOM),
    alone=True,
)
