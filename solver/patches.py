"""The crops that an answer stands on: the icon asked for, the answer and the runner-up."""

from __future__ import annotations

import numpy as np

from solver.crops import MARGIN, cut
from solver.picture import Picture
from solver.solution import Planet, Point, Solution

#: Side of the icon's crop over the longer side of its box.
ROOM = 1.25


def patches(picture: Picture, solution: Solution, side: int) -> list[Picture | None]:
    """The icon asked for, the answer and the runner-up, (side, side, 3) each; None if not found.

    Args:
        picture: (H, W, 3) uint8 RGB, the input as decoded, in any scale.
        solution: its answer, in pixels of the input.
        side: of the crops, in pixels.
    """
    box, seen = solution.seen.icon_box, solution.seen
    icon = None if box is None else (box.centre, ROOM * max(box.width, box.height))
    planets = (best(solution.tile, solution), best(seen.runner_up, solution))
    places = [icon, *(None if it is None else ((it.x, it.y), MARGIN * it.size) for it in planets)]
    scale = picture.shape[1] / seen.size[0]
    return [None if it is None else _cut(picture, *it, scale, side) for it in places]


def _cut(picture: Picture, middle: Point, width: float, scale: float, side: int) -> Picture:
    return np.asarray(cut(picture, np.array([middle]) * scale, np.array([width]) * scale, side)[0])


def best(number: int, solution: Solution) -> Planet | None:
    """The planet that the answer points at, in other tiles the likeliest."""
    inside = [planet for planet in solution.seen.planets if planet.tile == number]
    if number != solution.tile:
        return max(inside, key=lambda planet: planet.match_probability, default=None)
    x, y = solution.point
    return min(inside, key=lambda p: (p.x - x) ** 2 + (p.y - y) ** 2, default=None)
