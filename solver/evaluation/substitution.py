"""The truth of a label in place of what one stage gave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from solver.evaluation.recentre import recentred
from solver.known import Known
from solver.solution import ORBITS, TILE, Box

if TYPE_CHECKING:
    from solver.dataset import LabelledPuzzle
    from solver.planets import Planets
    from solver.stages import Stages

Array = NDArray[Any]

#: A planet is well found within this share of its box's side from the middle, and when its size
#: is within this factor of what boxes of the same puzzle usually hold.
NEAR, SIZES = 0.25, 1.4
#: An icon's size over its box's longer side, where the puzzle itself does not tell: the median
#: over 300 tiles of generated puzzles.
USUAL = 0.6


@dataclass(frozen=True, slots=True)
class Truth:
    """What a label knows of a puzzle; the `+` boxes are in pixels of their 200 x 200 tile."""

    answer: int
    digit: int | None
    boxes: tuple[Box | None, ...]

    def marked(self, planets: Sequence[Planets]) -> list[int | None]:
        """For each tile the planet inside its `+`, the one nearest to the middle."""
        return [_inside(box, tile) for box, tile in zip(self.boxes, planets, strict=True)]


#: Gives what is known once one stage is right; None where the label does not tell.
Substitution = Callable[[Truth, "Stages"], Known | None]


def truth(puzzle: LabelledPuzzle, answer: int, size: tuple[int, int], scale: float) -> Truth:
    """The label on the normalised scale; `size` and `scale` are those of the layout."""

    def within(tile: int, target: Box | None) -> Box | None:
        if target is None:
            return None
        box = target.scaled(size[0] / scale, size[1] / scale)
        return replace(box, x=box.x - TILE * tile)

    boxes = tuple(within(tile, target) for tile, target in enumerate(puzzle.targets))
    return Truth(answer, puzzle.digit, boxes)


def digit(label: Truth, stages: Stages) -> Known | None:
    """The labelled digit is certain."""
    if label.digit is None:
        return None
    return replace(_as_seen(stages), digits=np.eye(ORBITS, dtype=np.float32)[label.digit - 1])


def centre(label: Truth, stages: Stages) -> Known | None:
    """The centre stands where the `+` are on the orbits that the label says."""
    if label.digit is None:
        return None
    geometry = recentred(stages.geometry, label.boxes, label.answer, label.digit)
    return replace(_as_seen(stages), geometry=geometry, ranks=None)


def orbit(label: Truth, stages: Stages) -> Known | None:
    """The planet in the answer's `+` is on the labelled orbit, those in the others are not."""
    if label.digit is None:
        return None
    marked, ranks = label.marked(stages.found.planets), []
    for tile, (planet, seen) in enumerate(zip(marked, stages.ranks, strict=True), 1):
        rows = np.array(seen, np.float64)
        if planet is not None:
            rows[planet] = _rank(rows[planet], label.digit, on=tile == label.answer)
        ranks.append(rows)
    return replace(_as_seen(stages), ranks=ranks)


def detection(label: Truth, stages: Stages) -> Known:
    """A planet stands in every `+`, and all that builds on the planets is found anew."""
    planets, marked = stages.found.planets, label.marked(stages.found.planets)
    shares = [
        tile.sizes[at] / _side(box)
        for box, tile, at in zip(label.boxes, planets, marked, strict=True)
        if box is not None and at is not None
    ]
    usual = float(np.median(shares)) if shares else USUAL
    there = tuple(
        tile if box is None else _with_planet(tile, at, box, usual)
        for box, tile, at in zip(label.boxes, planets, marked, strict=True)
    )
    return Known(stages.hint, stages.digits, replace(stages.found, planets=there))


def match(label: Truth, stages: Stages) -> Known:
    """The planet in a `+` is as alike as can be, the others of its tile as unlike."""
    most = max(1.0, *(float(tile.max(initial=1)) for tile in stages.similarities))
    least = min(-1.0, *(float(tile.min(initial=-1)) for tile in stages.similarities))
    alike = [np.array(tile, np.float32) for tile in stages.similarities]
    marked = label.marked(stages.found.planets)
    for tile, box, planet in zip(alike, label.boxes, marked, strict=True):
        if box is not None:
            tile[:] = least
        if planet is not None:
            tile[planet] = most
    return replace(_as_seen(stages), similarities=alike)


def decision(label: Truth, stages: Stages) -> Known:
    """All that the decision joins is right at once: digit, orbits and matches."""
    known = match(label, stages)
    if (read := digit(label, stages)) is not None:
        known = replace(known, digits=read.digits)
    if (placed := orbit(label, stages)) is not None:
        known = replace(known, ranks=placed.ranks)
    return known


def _as_seen(stages: Stages) -> Known:
    return Known(
        stages.hint,
        stages.digits,
        stages.found,
        stages.geometry,
        stages.ranks,
        stages.similarities,
    )


def _inside(box: Box | None, planets: Planets) -> int | None:
    if box is None:
        return None
    distances = _distances(box, planets)
    held = [at for at, (x, y) in enumerate(planets.points) if box.contains(float(x), float(y))]
    return min(held, key=lambda at: float(distances[at]), default=None)


def _rank(row: Array, number: int, *, on: bool) -> Array:
    """Probabilities (5,) of a planet that is known to be on an orbit, or known not to be."""
    true = np.arange(1, ORBITS + 1) == number
    left = np.where(true if on else ~true, np.maximum(row, 1e-12), 0.0)
    return np.asarray(left / left.sum())


def _with_planet(planets: Planets, at: int | None, box: Box, usual: float) -> Planets:
    """The planets of a tile with one in a box: as it was found, moved there, or added.

    It is at least as surely seen as is usual in its tile, and no surer: that would tell the match.
    """
    middle, size = np.asarray(box.centre, np.float32), np.float32(usual * _side(box))
    sure = np.float32(np.median(planets.scores)) if len(planets.scores) else np.float32(1)
    if at is None:
        return replace(
            planets,
            points=np.concatenate([planets.points, middle[None]]),
            sizes=np.append(planets.sizes, size),
            scores=np.append(planets.scores, sure),
        )
    points, sizes, scores = planets.points.copy(), planets.sizes.copy(), planets.scores.copy()
    scores[at] = max(scores[at], sure)
    if _distances(box, planets)[at] > NEAR * _side(box):
        points[at] = middle
    if not 1 / SIZES <= sizes[at] / size <= SIZES:
        sizes[at] = size
    return replace(planets, points=points, sizes=sizes, scores=scores)


def _distances(box: Box, planets: Planets) -> Array:
    return np.asarray(np.linalg.norm(planets.points - np.asarray(box.centre), axis=1))


def _side(box: Box) -> float:
    return max(box.width, box.height)
