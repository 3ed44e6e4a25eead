"""Charges a wrong answer to a stage: the truth of the label takes the place of one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from solver.dataset import LabelledPuzzle
from solver.evaluation import substitution
from solver.evaluation.fault import at_fault
from solver.evaluation.label import inside
from solver.evaluation.outcome import Outcome
from solver.evaluation.substitution import Substitution
from solver.known import NOTHING, Known
from solver.solution import TILE, Box, Solution

if TYPE_CHECKING:
    from solver.stages import Stages

#: Gives what the stages see of one picture when some of it is known.
Examine: TypeAlias = "Callable[[Known], Stages]"

#: The stages in the order in which they are asked.
SUBSTITUTIONS: dict[str, Substitution] = {
    "digit": substitution.digit,
    "centre": substitution.centre,
    "orbit": substitution.orbit,
    "detection": substitution.detection,
    "match": substitution.match,
    "decision": substitution.decision,
}
#: What a wrong answer can be lost to besides.
LAYOUT, DECISION, LABEL = "layout", "decision", "label"
STAGES = (LAYOUT, *SUBSTITUTIONS, LABEL)


def attributed(
    puzzle: LabelledPuzzle, outcome: Outcome, solution: Solution, examine: Examine
) -> Outcome:
    """A wrong answer with the stages whose truth alone would make it right.

    It is lost to the first of them. Where none alone gives the answer back it is lost to the
    decision: several stages are wrong together, or the decision is wrong about what is right.
    A label at fault is no truth to put in, so that nothing else is charged then.
    """
    if at_fault(puzzle, solution):
        return replace(outcome, lost_to=LABEL, regained=(LABEL,))
    regained = tuple(_regained(puzzle, outcome, examine))
    return replace(outcome, lost_to=next(iter(regained), DECISION), regained=regained)


def _regained(puzzle: LabelledPuzzle, outcome: Outcome, examine: Examine) -> Iterator[str]:
    if outcome.answer is None or outcome.box is None:
        return
    stages = examine(NOTHING)
    layout, box = stages.layout, Box(*outcome.box)
    label = substitution.truth(puzzle, outcome.answer, layout.size, layout.scale)
    for name, substitute in SUBSTITUTIONS.items():
        known = substitute(label, stages)
        if known is not None and _right(examine(known), box):
            yield name


def _right(stages: Stages, box: Box) -> bool:
    """Whether the decision points into the box, pixels of the picture."""
    decision, scale = stages.decision, stages.layout.scale
    if decision.planet is None:
        return False
    x, y = stages.found.planets[decision.tile - 1].points[decision.planet]
    return inside(box, float(x + TILE * (decision.tile - 1)) * scale, float(y) * scale)
