"""What a label says of a picture, in the picture's pixels."""

from solver.dataset import LabelledPuzzle, derive_answer
from solver.solution import Box, Seen

#: What a per cent may lose in pixels on its way through floating point.
SLACK = 1e-6


def answer_of(puzzle: LabelledPuzzle, seen: Seen) -> int | None:
    """The labelled tile (from 1): named outright, or else derived from the fitted orbits."""
    return puzzle.answer if puzzle.answer is not None else derived_answer(puzzle, seen)


def derived_answer(puzzle: LabelledPuzzle, seen: Seen) -> int | None:
    """The tile (from 1) whose `+` stands on the fitted orbit that the labelled digit names."""
    return derive_answer(puzzle, seen.centre, seen.orbits, seen.size, seen.ellipse)


def target_box(puzzle: LabelledPuzzle, tile: int | None, seen: Seen) -> Box | None:
    """The `+` box of a tile (from 1) in pixels of the picture, None where there is none."""
    target = puzzle.targets[tile - 1] if tile else None
    return target.scaled(*seen.size) if target else None


def inside(box: Box, x: float, y: float) -> bool:
    """Whether a point lies in a box, edges included whatever the rounding."""
    return box.contains(x, y, SLACK)
