"""What a report tells of the puzzles beyond the figures of their evaluation."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass

from solver.dataset import LabelledPuzzle
from solver.evaluation import Audit, Outcome, Suspect
from solver.evaluation.label import inside
from solver.solution import Box, Failure, Point, Solution

#: A class that was not read at all.
NONE = "none"


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is drawn over a picture besides the answer, in its pixels.

    `radius` is that of the orbit asked for, `ellipse` its (axis ratio, angle in radians), `centre`
    is within a tile.
    """

    hint: tuple[Box, ...]
    centre: Point
    radius: float
    ellipse: Point
    runner_up: int


class Notes:
    """Takes puzzles one by one as they are evaluated."""

    def __init__(self) -> None:
        self.digits: Counter[tuple[str, str]] = Counter()
        self.orbits: Counter[tuple[str, str]] = Counter()
        self.positives, self.negatives = array("d"), array("d")
        self.sketches: dict[str, Sketch] = {}
        self._audit = Audit()

    def add(self, puzzle: LabelledPuzzle, solved: Solution | Failure, outcome: Outcome) -> None:
        """Note how a puzzle went."""
        self._audit.add(puzzle, solved)
        self.positives.extend(outcome.positives)
        self.negatives.extend(outcome.negatives)
        if outcome.digit is not None:
            self.digits[str(outcome.digit), str(outcome.digit_read or NONE)] += 1
        if isinstance(solved, Failure):
            return
        self.sketches[outcome.task] = _sketch(solved)
        if outcome.digit is not None and outcome.box is not None and not outcome.derived:
            self.orbits[str(outcome.digit), _orbit(Box(*outcome.box), solved)] += 1

    def suspects(self) -> list[Suspect]:
        """The labels that are likely wrong, likeliest first."""
        return self._audit.suspects()


def _sketch(solution: Solution) -> Sketch:
    seen = solution.seen
    hint = tuple(box for box in (seen.digit_box, seen.icon_box) if box is not None)
    radius = seen.orbits[solution.digit - 1]
    return Sketch(hint, seen.centre, radius, seen.ellipse, seen.runner_up)


def _orbit(box: Box, solution: Solution) -> str:
    """The orbit that the planet in a `+` was taken to stand on."""
    held = [planet for planet in solution.seen.planets if inside(box, planet.x, planet.y)]
    best = max(held, key=lambda planet: planet.similarity, default=None)
    return NONE if best is None else str(best.rank)
