"""A solver whose answers, and misbehaviour, are written in the pictures themselves.

A picture is a line of text. `tile N` is solved, and `tile N NAME M …` as tile M by the solver of
that name; `bad` is a failure; `crash` kills the process, `hang` never comes back and holds the
interpreter; `raise` is a bug; `wait FILE` writes the process id to FILE.pid and waits until FILE
exists, then is tile 1; `full` finds no room on the device.
"""

import os
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from solver.errors import DeviceError
from solver.known import NOTHING, Known
from solver.solution import Failure, Seen, Solution
from solver.stages import Stages
from tests.unit.evaluate.sky import Sky

SEEN = Seen(
    size=(1000, 400),
    digit_probabilities=(0.0, 0.0, 1.0, 0.0, 0.0),
    digit_box=None,
    icon_box=None,
    centre=(100.0, 100.0),
    orbits=(20.0, 40.0, 60.0, 80.0, 100.0),
    ellipse=(1.0, 0.0),
    planets=(),
    tile_probabilities=(0.2, 0.2, 0.2, 0.2, 0.2),
    runner_up=1,
)


class FakeSolver:
    """Does what the pictures say."""

    def __init__(self, name: str) -> None:
        self.model_id = f"{name}@0123456789ab"
        self.folder = None

    def solve(
        self, pictures: Sequence[bytes], *, thumbnails: bool = False
    ) -> list[Solution | Failure]:
        """One outcome a picture, if it lets us."""
        name = self.model_id.partition("@")[0]
        outcomes = [_solve(name, *picture.decode().split(maxsplit=1)) for picture in pictures]
        return list(map(_with_copy, outcomes, pictures)) if thumbnails else outcomes

    def examine(self, data: bytes, known: Known = NOTHING) -> Stages:
        """What stages would see that see a sun and no planet, the answer being none of theirs."""
        nothing = Sky(SEEN.digit_probabilities, SEEN.centre, SEEN.orbits, ())
        return nothing.examine(known)


def load(ref: str | None, device: str, threads: int | None) -> FakeSolver:
    """The fake, under the name of the folder asked for; slow while that holds a file `slow`."""
    if ref and (Path(ref) / "slow").exists():
        _gone(Path(ref) / "slow")
    return FakeSolver(Path(ref).name if ref else "fake")


def _solve(name: str, verb: str, rest: str = "") -> Solution | Failure:
    if verb == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if verb == "hang":
        re.match("(a|a?)+b", "a" * 64)
    if verb == "raise":
        raise RuntimeError("a bug")
    if verb == "full":
        raise DeviceError("the device has no room")
    if verb == "bad":
        return Failure("not_a_picture", "This is no picture.")
    if verb == "wait":
        _wait(Path(rest.split()[0]))
        rest = "1"
    tile = _tile(name, *rest.partition("#")[0].split())
    return Solution(tile, (tile * 200 - 100.0, 100.0), 3, 0.9, SEEN)


def _with_copy(outcome: Solution | Failure, picture: bytes) -> Solution | Failure:
    if isinstance(outcome, Failure):
        return outcome
    return replace(outcome, thumbnail=b"small: " + picture)


def _tile(name: str, tile: str, *others: str) -> int:
    answers = dict(zip(others[::2], others[1::2], strict=True))
    return int(answers.get(name, tile))


def _wait(gate: Path) -> None:
    Path(f"{gate}.pid").write_text(str(os.getpid()))
    while not gate.exists():
        time.sleep(0.01)


def _gone(brake: Path) -> None:
    Path(f"{brake}.pid").write_text(str(os.getpid()))
    while brake.exists():
        time.sleep(0.01)
