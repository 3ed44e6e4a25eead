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


def pause(rng: random.Random, seconds: float) -> None:
    """Wait about so long, half to one and a half times."""
    time.sleep(seconds * rng.uniform(0.5, 1.5))
