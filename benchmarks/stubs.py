"""Solvers that take no time, or only wait: what a service over them takes is its own cost.

`ORRERY_SOLVER=benchmarks.stubs:instant` and `…:waiting` have a worker load them.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from solver.errors import PictureError
from solver.known import NOTHING, Known
from solver.solution import Failure, Planet, Seen, Solution
from solver.stages import Stages

#: Seconds that a picture is waited for: what solving one takes on a core, about.
WAIT = 0.05
#: One at a time, however many threads ask: as one core would.
_CORE = threading.Lock()
#: Bytes of a small copy of a picture, and planets in one, about.
COPY, PLANETS = 4000, 25

_PLANETS = tuple(
    Planet(1 + n % 5, 40.0 * n, 8.0 * n, 20.0, 0.99, 1 + n % 5, 0.98, 0.5, 0.1)
    for n in range(PLANETS)
)
_SEEN = Seen(
    size=(1000, 400),
    digit_probabilities=(0.01, 0.01, 0.96, 0.01, 0.01),
    digit_box=None,
    icon_box=None,
    centre=(100.0, 100.0),
    orbits=(20.0, 40.0, 60.0, 80.0, 100.0),
    ellipse=(1.0, 0.0),
    planets=_PLANETS,
    tile_probabilities=(0.01, 0.01, 0.96, 0.01, 0.01),
    runner_up=1,
)


@dataclass(frozen=True, slots=True)
class Stub:
    """Answers every picture alike, after so many seconds, with a small copy of its own."""

    seconds: float
    model_id: str = "stub@0123456789ab"
    folder: Path | None = None

    def solve(
        self, pictures: Sequence[bytes], *, thumbnails: bool = False
    ) -> list[Solution | Failure]:
        """One answer a picture."""
        with _CORE:
            time.sleep(self.seconds * len(pictures))
        return [_answer(picture if thumbnails else None) for picture in pictures]

    def examine(self, data: bytes, known: Known = NOTHING) -> Stages:
        """Raises PictureError: a stub has looked at nothing."""
        raise PictureError("stub", "A stub answers without looking; examine with a real model.")


def _answer(picture: bytes | None) -> Solution:
    copy = None if picture is None else hashlib.sha256(picture).digest() * (COPY // 32)
    return Solution(3, (500.0, 100.0), 3, 0.96, _SEEN, copy)


def instant(ref: str | None, device: str, threads: int | None) -> Stub:
    """A solver that takes no time."""
    return Stub(0.0)


def waiting(ref: str | None, device: str, threads: int | None) -> Stub:
    """A solver that waits as long as a core would solve, and uses none."""
    return Stub(WAIT)
