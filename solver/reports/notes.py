"""What a report tells of the puzzles beyond the figures of their evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from solver.dataset import LabelledPuzzle
from solver.evaluation import Audit, Outcome, Suspect
from solver.solution import Box, Failure, Point, Solution


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


class Notes:
    """Takes puzzles one by one as they are evaluated."""

    def __init__(self) -> None:
        self.sketches: dict[str, Sketch] = {}
        self._audit = Audit()

    def add(self, puzzle: LabelledPuzzle, solved: Solution | Failure, outcome: Outcome) -> None:
        """Note how a puzzle went."""
        self._audit.add(puzzle, solved)
        if isinstance(solved, Solution):
            self.sketches[outcome.task] = _sketch(solved)

    def suspects(self) -> list[Suspect]:
        """The labels that are likely wrong, likeliest first."""
        return self._audit.suspects()


def _sketch(solution: Solution) -> Sketch:
    seen = solution.seen
    hint = tuple(box for box in (seen.digit_box, seen.icon_box) if box is not None)
    radius = seen.orbits[solution.digit - 1]
    return Sketch(hint, seen.centre, radius, seen.ellipse)
