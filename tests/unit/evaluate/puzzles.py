"""A labelled puzzle and the solution a solver without a fault would give."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from solver.dataset import LabelledPuzzle
from solver.evaluation import Outcome, score
from solver.known import NOTHING, Known
from solver.solution import Box, Failure, Planet, Seen, Solution
from solver.stages import Stages
from tests.unit.evaluate.sky import Sky

CENTRE = (100.0, 100.0)
RADII = (20.0, 35.0, 50.0, 65.0, 80.0)
#: The orbit of the icon asked for in each tile.
ORBITS = (1, 2, 3, 4, 5)
#: The digit of the hint, and so the tile that answers.
DIGIT = ANSWER = 3


def place(tile: int, orbit: int, angle: float) -> tuple[float, float]:
    """A point on an orbit, px of a 1000x400 picture."""
    x = 200 * (tile - 1) + CENTRE[0] + RADII[orbit - 1] * math.cos(angle)
    return x, CENTRE[1] + RADII[orbit - 1] * math.sin(angle)


def planet(tile: int, orbit: int, angle: float, similarity: float) -> Planet:
    x, y = place(tile, orbit, angle)
    return Planet(tile, x, y, 20, 0.99, orbit, 0.99, similarity, similarity)


#: In each tile the icon asked for, and another planet on the orbit asked for.
TARGETS = tuple(planet(tile, orbit, 0.5, 0.9) for tile, orbit in enumerate(ORBITS, 1))
OTHERS = tuple(planet(tile, DIGIT, 2.5, 0.1) for tile in range(1, 6))

SEEN = Seen(
    size=(1000, 400),
    digit_probabilities=(0.0, 0.0, 1.0, 0.0, 0.0),
    digit_box=Box(40, 220, 30, 42),
    icon_box=Box(110, 220, 60, 60),
    centre=CENTRE,
    orbits=RADII,
    ellipse=(1.0, 0.0),
    planets=TARGETS + OTHERS,
    tile_probabilities=(0.01, 0.01, 0.96, 0.01, 0.01),
    runner_up=1,
)

SOLUTION = Solution(ANSWER, (TARGETS[2].x, TARGETS[2].y), DIGIT, 0.96, SEEN)


def box_at(target: Planet) -> Box:
    half = target.size / 2
    box = Box(target.x - half, target.y - half, target.size, target.size)
    return box.scaled(1 / 1000, 1 / 400)


PUZZLE = LabelledPuzzle(
    id="7",
    image="images/7.jpg",
    digit=DIGIT,
    digit_box=Box(40, 220, 30, 42).scaled(1 / 1000, 1 / 400),
    targets=tuple(box_at(target) for target in TARGETS),
    answer=None,
    split="test",
)


def without_target(tile: int) -> LabelledPuzzle:
    targets = list(PUZZLE.targets)
    targets[tile - 1] = None
    return replace(PUZZLE, targets=tuple(targets))


def seeing(*planets: Planet, **more: object) -> Seen:
    return replace(SEEN, planets=planets, **more)


def pointing(at: Planet, **more: object) -> Solution:
    """The solution that points at a planet."""
    return replace(SOLUTION, tile=at.tile, point=(at.x, at.y), **more)


#: A look-alike that the solution is taken in by: it looks more like the icon than the icon does.
DOUBLE = replace(OTHERS[0], similarity=0.99)
FADED = tuple(replace(target, similarity=0.3) for target in TARGETS)
TAKEN_IN = pointing(DOUBLE, seen=seeing(DOUBLE, *OTHERS[1:], *FADED))


def sky(solution: Solution, **changes: object) -> Sky:
    """What stages see that saw what led to a solution."""
    seen = solution.seen
    return replace(Sky(seen.digit_probabilities, seen.centre, seen.orbits, seen.planets), **changes)


def scored(label: LabelledPuzzle, outcome: Solution | Failure) -> Outcome:
    """The score of an outcome; run again, the stages see what it says was seen."""
    seen = outcome if isinstance(outcome, Solution) else SOLUTION
    return score(label, outcome, sky(seen).examine)


@dataclass
class FakeSolver:
    """Answers by the content of a picture; what it does not know is a failure."""

    answers: dict[bytes, Solution]
    model_id: str = "fake@000000000000"
    again: list[bytes] = field(default_factory=list)

    def solve(self, pictures: Sequence[bytes]) -> list[Solution | Failure]:
        failure = Failure("not_a_picture", "This is no picture.")
        return [self.answers.get(picture, failure) for picture in pictures]

    def examine(self, data: bytes, known: Known = NOTHING) -> Stages:
        self.again.append(data)
        return sky(self.answers[data]).examine(known)
