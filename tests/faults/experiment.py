"""What an experiment is: a fault, its sizes, and what it finds."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.fleet import Fleet
from tests.faults.shape import PLAIN, Shape, Size

BOTH = ("sqlite", "postgresql")


@dataclass(slots=True)
class Finding:
    """What was measured, in words, and what else was promised and did not hold."""

    figure: str
    broken: list[str] = field(default_factory=list)

    def require(self, holds: bool, promise: str) -> None:
        """Note a promise that does not hold."""
        if not holds:
            self.broken.append(promise)


#: Does the fault to a running fleet. Raises AssertionError where it takes too long.
Run = Callable[[Fleet, random.Random, Size], Finding]


@dataclass(frozen=True, slots=True)
class Experiment:
    """One fault. `alone`: it needs a fleet of its own even when it is small."""

    number: int
    title: str
    run: Run
    whole: Size
    small: Size
    shape: Shape = PLAIN
    databases: tuple[str, ...] = BOTH
    alone: bool = False


def ideal(fleet: Fleet, size: Size) -> float:
    """The seconds that the pictures take if no process ever waits."""
    return size.pictures * size.each / (fleet.shape.workers * fleet.shape.children)


def moments(rng: random.Random, size: Size) -> list[int]:
    """The numbers of results at which a fault happens in the middle of a job, in order."""
    return sorted(rng.sample(range(size.pictures), size.times))


def last(seconds: float) -> None:
    """Let a fault, or the peace before it, last: only where the time itself is what is tried."""
    time.sleep(seconds)


def pause(rng: random.Random, seconds: float) -> None:
    """Let it last about so long, half to one and a half times."""
    last(seconds * rng.uniform(0.5, 1.5))
