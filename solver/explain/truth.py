"""What a label says of a puzzle that is explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from solver.dataset import LabelledPuzzle
from solver.evaluation import Outcome, score
from solver.known import Known
from solver.solution import Box, Solution
from solver.stages import Stages


@dataclass(frozen=True, slots=True)
class Truth:
    """The label held against an answer: how it went, and every labelled `+`, in pixels."""

    outcome: Outcome
    targets: tuple[Box, ...]

    def words(self) -> str:
        """Whether the answer is right, and what the label says, in a line."""
        outcome = self.outcome
        label = f"label: tile {outcome.answer or '?'}, digit {outcome.digit or '?'}"
        if not outcome.scored:
            return f"Ambiguous {label}"
        if outcome.correct:
            return f"Right; {label}"
        return f"Wrong, lost to {outcome.lost_to}; {label}"


def truth_of(
    puzzle: LabelledPuzzle, solution: Solution, examine: Callable[[Known], Stages]
) -> Truth:
    """Hold a label against an answer; `examine` runs the stages of its picture again."""
    outcome = score(puzzle, solution, examine)
    size = solution.seen.size
    return Truth(outcome, tuple(box.scaled(*size) for box in puzzle.targets if box is not None))
