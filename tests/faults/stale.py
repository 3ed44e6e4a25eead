"""Fault 9: a worker is paused past its lease, and goes on as if nothing had happened."""

import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.faults.experiment import Experiment, Finding
from tests.faults.fleet import PATIENCE, Fleet
from tests.faults.gate import Gate
from tests.faults.processes import kill
from tests.faults.shape import BUSY, Size
from tests.faults.vision import batch
from tests.servers import wait_until

#: What a worker says when its write is refused.
REFUSED = "its pictures are someone else's"


def pause_worker(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Freeze processes at a picture until others have finished it, then let them go on."""
    refused, waits = 0, []
    for _ in range(size.times):
        gate = Gate(fleet.folder)
        before = fleet.log("worker").count(REFUSED)
        job_id = fleet.submit([gate.text, *batch(rng, size.pictures)])
        with _frozen(fleet, gate.pid()):
            began = time.monotonic()
            gate.open()
            fleet.wait(job_id)
            waits.append(time.monotonic() - began)
        refused += _refused(fleet, before)
    lease = fleet.shape.lease
    found = Finding(
        f"{refused} of {size.times} late writes refused; solved {max(waits):.1f} s after the "
        f"freeze at most, lease {lease:.0f} s"
    )
    bound = 6 * lease * size.leeway
    found.require(max(waits) < bound, f"solved only after {max(waits):.1f} s")
    return found


@contextmanager
def _frozen(fleet: Fleet, pid: int) -> Iterator[None]:
    """Freeze a process while the block runs, wherever it is, but not in a write on SQLite.

    A server ends a write that goes no further. A file stays locked until its process goes on.
    """
    kill(pid, signal.SIGSTOP)
    try:
        while fleet.kind == "sqlite" and _is_locked(fleet):
            kill(pid, signal.SIGCONT)
            kill(pid, signal.SIGSTOP)
        yield
    finally:
        kill(pid, signal.SIGCONT)


def _is_locked(fleet: Fleet) -> bool:
    with closing(sqlite3.connect(str(fleet.database.engine.url.database), timeout=1)) as file:
        try:
            file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


def _refused(fleet: Fleet, before: int) -> int:
    """Wait until one more write was refused; 1."""
    wait_until(lambda: fleet.log("worker").count(REFUSED) > before, "the refusal", PATIENCE)
    return 1


PAUSE = Experiment(
    9,
    "worker paused past its lease",
    pause_worker,
    whole=Size(pictures=40, times=5),
    small=Size(pictures=8, times=1, leeway=BUSY),
)
