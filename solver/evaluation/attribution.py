"""Names the stage that lost a wrong answer, from what the stages saw."""

from solver.dataset import LabelledPuzzle
from solver.solution import Box, Planet, Solution

#: The stages, in the order of the way of a picture.
LAYOUT, DIGIT, DETECTION, ORBIT, MATCH, DECISION = STAGES = (
    "layout",
    "digit",
    "detection",
    "orbit",
    "match",
    "decision",
)


def lost_to(puzzle: LabelledPuzzle, solution: Solution, answer: int) -> str:
    """The first stage whose view of a wrongly answered puzzle contradicts the label.

    `answer` is the labelled tile (from 1). The digit was read wrong; no planet was found inside
    the answer's `+`; that planet was put on another orbit; it was not the most similar one of its
    tile. With all of these right, a wrong tile is charged to what made it look right: a planet
    that is not the icon (match) or an icon on another orbit (orbit); the rest is the decision's.
    """
    if puzzle.digit is not None and solution.digit != puzzle.digit:
        return DIGIT
    target = _planet_at(puzzle, solution, answer)
    if target is None:
        return DETECTION
    if target.rank != solution.digit:
        return ORBIT
    if target is not _most_similar(solution, answer):
        return MATCH
    if solution.tile == answer:
        return DECISION
    box = _box(puzzle, solution, solution.tile)
    if box is None:
        return DECISION
    return ORBIT if box.contains(*solution.point) else MATCH


def _box(puzzle: LabelledPuzzle, solution: Solution, tile: int) -> Box | None:
    target = puzzle.targets[tile - 1]
    return target.scaled(*solution.seen.size) if target else None


def _planet_at(puzzle: LabelledPuzzle, solution: Solution, tile: int) -> Planet | None:
    """The planet inside a tile's `+`, the most similar one if there are several."""
    box = _box(puzzle, solution, tile)
    inside = [p for p in _of_tile(solution, tile) if box and box.contains(p.x, p.y)]
    return max(inside, key=lambda planet: planet.similarity, default=None)


def _most_similar(solution: Solution, tile: int) -> Planet | None:
    planets = _of_tile(solution, tile)
    return max(planets, key=lambda planet: planet.similarity, default=None)


def _of_tile(solution: Solution, tile: int) -> list[Planet]:
    return [planet for planet in solution.seen.planets if planet.tile == tile]
