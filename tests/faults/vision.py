"""What takes the solver's place: pictures that say what they do to their worker.

A picture is a PNG of one pixel with a line of text behind its end: the seconds that it takes, and
then what the fake solver understands, such as `0.2 tile 3`. `eat` takes memory until there is none.
"""

import base64
import random
import resource
import time
from collections.abc import Sequence
from pathlib import Path

from solver.solution import Failure, Solution
from tests.integration.worker.fake_solver import FakeSolver

#: A PNG of one grey pixel.
_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
#: Bytes that `eat` may take beyond what its process has: the kernel refuses the next ones.
_APPETITE = 256 * 1024 * 1024
#: What a picture comes to that never lets its process finish.
_FATAL = {"crash", "hang", "eat"}


def picture(text: str, mark: str) -> bytes:
    """A picture that says this; `mark` makes it differ from all others."""
    return _PIXEL + f"{text} #{mark}".encode()


def batch(rng: random.Random, count: int, seconds: float = 0.0) -> list[str]:
    """What so many pictures say, each of which takes so many seconds."""
    return [f"{seconds} tile {rng.randint(1, 5)}" for _ in range(count)]


def expected(text: str) -> int | str:
    """The tile, or the error's code, that a picture comes to."""
    verb, _, rest = text.partition(" ")[2].partition(" ")
    if verb in _FATAL:
        return "quarantined"
    if verb == "bad":
        return "not_a_picture"
    return 1 if verb == "wait" else int(rest)


class Vision(FakeSolver):
    """Does what the text behind the pixel says."""

    def solve(
        self, pictures: Sequence[bytes], *, thumbnails: bool = False
    ) -> list[Solution | Failure]:
        """One outcome a picture, if it lets us."""
        return [self._see(data.removeprefix(_PIXEL).decode(), thumbnails) for data in pictures]

    def _see(self, text: str, thumbnails: bool) -> Solution | Failure:
        seconds, _, rest = text.partition(" ")
        if rest.startswith("eat"):
            _eat()
        time.sleep(float(seconds))
        return super().solve([rest.encode()], thumbnails=thumbnails)[0]


def load(ref: str | None, device: str, threads: int | None) -> Vision:
    """The fake, as a worker loads a solver."""
    return Vision("fake")


def _eat() -> None:
    """Take memory until the kernel gives no more, which is far below what the machine has."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + _APPETITE, taken + _APPETITE))
    eaten = []
    while True:
        eaten.append(bytearray(16 * 1024 * 1024))
