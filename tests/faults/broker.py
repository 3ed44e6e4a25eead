"""Faults 2 to 5: a broker that forgets, dies, freezes, and messages that vanish."""

import random
import time

import redis

from store.queues import SOLVE
from tests.faults.experiment import Experiment, Finding, ideal, last, moments, pause
from tests.faults.fleet import CHUNK, Fleet
from tests.faults.shape import BUSY, Size
from tests.faults.traffic import sent
from tests.faults.vision import batch

#: Seconds in which the queue drains once the broker is back.
DRAIN = 10.0
#: Seconds that a request waits for, at most, while the broker is frozen.
FROZEN_P99 = 3.0
#: Seconds in which a message that vanished is sent again and its picture solved.
AGAIN = 15.0


def flush(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Let the broker forget everything, several times in the middle of a job."""
    began = time.monotonic()
    job_id = fleet.submit(batch(rng, size.pictures, size.each))
    for results in moments(rng, size):
        fleet.wait_for_results(job_id, results)
        fleet.valkey.flush()
    fleet.wait(job_id)
    least = ideal(fleet, size)
    late = time.monotonic() - began - least
    return Finding(f"{size.times} flushes: {late:.1f} s later than {least:.1f} s")


def restart(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Kill the broker and start it again in the middle of a job, then leave it away a while."""
    job_id = fleet.submit(batch(rng, size.pictures, size.each))
    for results in moments(rng, size):
        fleet.wait_for_results(job_id, results)
        fleet.valkey.kill()
        pause(rng, 0.5)
        fleet.valkey.start()
    fleet.wait(job_id)
    fleet.valkey.kill()
    with sent(fleet, rng, clients=1, rest=0.5) as traffic:
        last(size.seconds)
        traffic.wait_for(1)
    fleet.valkey.start()
    drained = fleet.drain()
    found = Finding(
        f"away {size.seconds:.0f} s: {traffic.statuses[202]} jobs accepted, p99 "
        f"{traffic.p99():.2f} s; drained {drained:.1f} s after"
    )
    found.require(set(traffic.statuses) == {202}, f"answers {dict(traffic.statuses)}")
    found.require(drained < DRAIN * size.leeway, f"drained only after {drained:.1f} s")
    return found


def freeze(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Stop the broker with its connections open while clients go on sending."""
    fleet.valkey.freeze()
    with sent(fleet, rng) as traffic:
        last(size.seconds)
        traffic.wait_for(1)
    fleet.valkey.thaw()
    drained = fleet.drain()
    found = Finding(
        f"frozen {size.seconds:.0f} s: {len(traffic.seconds)} POST, p99 {traffic.p99():.2f} s, "
        f"most {max(traffic.seconds):.2f} s; drained {drained:.1f} s after"
    )
    found.require(set(traffic.statuses) == {202}, f"answers {dict(traffic.statuses)}")
    found.require(traffic.p99() < FROZEN_P99 * size.leeway, f"p99 {traffic.p99():.2f} s")
    return found


def swallow(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Take messages off the queue as a worker does that dies before it notes that it has them."""
    waits = [_swallowed(fleet, rng) for _ in range(size.times)]
    found = Finding(f"{len(waits)} messages: solved {max(waits):.1f} s later at most")
    found.require(max(waits) < AGAIN * size.leeway, f"solved only after {max(waits):.1f} s")
    return found


def _swallowed(fleet: Fleet, rng: random.Random) -> float:
    """Swallow one message; the seconds until its job has ended nevertheless."""
    with redis.Redis.from_url(fleet.valkey.url, socket_timeout=20) as thief:
        while True:
            job_id = fleet.submit(batch(rng, 6 * CHUNK, 0.01))
            if thief.rpop(SOLVE) is not None:
                break
            fleet.wait(job_id)
    began = time.monotonic()
    fleet.wait(job_id)
    return time.monotonic() - began


FLUSH = Experiment(
    2,
    "FLUSHALL",
    flush,
    whole=Size(pictures=800, times=3, each=0.1),
    small=Size(pictures=60, times=1, each=0.05),
)
RESTART = Experiment(
    3,
    "broker killed, started, away",
    restart,
    whole=Size(pictures=400, times=3, seconds=60, each=0.05),
    small=Size(pictures=40, times=1, seconds=1, each=0.02, leeway=BUSY),
)
FREEZE = Experiment(
    4,
    "broker stopped (SIGSTOP)",
    freeze,
    whole=Size(seconds=30),
    small=Size(seconds=2, leeway=BUSY),
)
SWALLOW = Experiment(
    5,
    "message swallowed",
    swallow,
    whole=Size(times=10),
    small=Size(times=1, leeway=BUSY),
)
