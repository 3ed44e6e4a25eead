"""Whether it is the label, and not the solver, that makes an answer wrong."""

from __future__ import annotations

from dataclasses import replace

from solver.dataset import LabelledPuzzle
from solver.evaluation.label import answer_of, derived_answer, inside, target_box
from solver.solution import Planet, Solution

#: How sure the solver must be of its answer, and of the orbits, before it doubts a label.
SURE = 0.9
#: The most that the reader may believe in a labelled digit that is called wrong.
UNBELIEVED = 0.01


def at_fault(puzzle: LabelledPuzzle, solution: Solution) -> bool:
    """Whether a sure solver, and the rest of the label, speak against what the label says.

    Confidence alone is no ground: the marks of the label must bear the answer out. Either the
    tile it names is not the one that its digit and `+` give; or its digit is one that the hint
    cannot be, while the digit read and all `+` give the answer; or the `+` of the answer is on a
    planet that is less alike than any other `+`, and by more than these differ.
    """
    if solution.confidence < SURE:
        return False
    if puzzle.answer is not None and _contradicts_itself(puzzle, solution):
        return True
    return _digit_is_another(puzzle, solution) or _plus_is_misplaced(puzzle, solution)


def _contradicts_itself(puzzle: LabelledPuzzle, solution: Solution) -> bool:
    """The digit and the `+` give the answered tile, not the one that is named."""
    named = _marked(puzzle, solution, answer_of(puzzle, solution.seen))
    pointed = _pointed(solution)
    if named is None or pointed is None or not _bears_out(puzzle, solution):
        return False
    return min(named.rank_probability, pointed.rank_probability) >= SURE


def _digit_is_another(puzzle: LabelledPuzzle, solution: Solution) -> bool:
    """The label names no tile, its digit is not believed, and its `+` bear out the one read."""
    if puzzle.answer is not None or puzzle.digit in (None, solution.digit):
        return False
    believed = solution.seen.digit_probabilities[puzzle.digit - 1]
    return believed <= UNBELIEVED and _bears_out(replace(puzzle, digit=solution.digit), solution)


def _plus_is_misplaced(puzzle: LabelledPuzzle, solution: Solution) -> bool:
    """In the answer tile another planet than the marked one fits with the `+` elsewhere."""
    answer = answer_of(puzzle, solution.seen)
    marked, pointed = _marked(puzzle, solution, answer), _pointed(solution)
    tiles = [tile for tile in range(1, len(puzzle.targets) + 1) if tile != answer]
    found = [planet for tile in tiles if (planet := _marked(puzzle, solution, tile))]
    others = [planet.similarity for planet in found]
    if solution.tile != answer or marked is None or pointed is None or len(others) < len(tiles):
        return False
    least, spread = min(others), max(others) - min(others)
    return pointed.similarity >= least - spread and marked.similarity < least - spread


def _bears_out(puzzle: LabelledPuzzle, solution: Solution) -> bool:
    """Whether the digit and the `+` of a label give the answer."""
    box = target_box(puzzle, solution.tile, solution.seen)
    if box is None or not inside(box, *solution.point):
        return False
    return derived_answer(puzzle, solution.seen) == solution.tile


def _marked(puzzle: LabelledPuzzle, solution: Solution, tile: int | None) -> Planet | None:
    """The planet inside a tile's `+`, the most similar one if there are several."""
    box = target_box(puzzle, tile, solution.seen)
    planets = [planet for planet in solution.seen.planets if planet.tile == tile]
    held = [planet for planet in planets if box is not None and inside(box, planet.x, planet.y)]
    return max(held, key=lambda planet: planet.similarity, default=None)


def _pointed(solution: Solution) -> Planet | None:
    """The planet that the answer points at."""
    x, y = solution.point
    planets = [planet for planet in solution.seen.planets if planet.tile == solution.tile]
    return min(planets, key=lambda one: (one.x - x) ** 2 + (one.y - y) ** 2, default=None)
