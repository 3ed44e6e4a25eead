"""From the stages' results on the normalised scale to a solution in pixels of the input picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.decision import Decision
from solver.errors import PictureError
from solver.geometry import Geometry
from solver.hint import Hint
from solver.layout import Layout
from solver.nets.run import Floats
from solver.planets import Planets
from solver.solution import TILE, Box, Planet, Point, Seen, Solution

NO_PLANETS = (
    "No planets were found in the five tiles. Check that the picture is a puzzle: five tiles in "
    "the top row, the hint below at the left."
)


def solution(
    layout: Layout,
    hint: Hint,
    digits: Floats,
    planets: Sequence[Planets],
    geometry: Geometry,
    ranks: Sequence[NDArray[Any]],
    similarities: Sequence[Floats],
    decision: Decision,
) -> Solution:
    """The answer and everything that the stages saw; only here the scale is undone.

    Raises:
        PictureError: `not_a_puzzle` when no tile shows a planet.
    """
    seen = Seen(
        size=layout.size,
        digit_probabilities=tuple(float(p) for p in digits),
        digit_box=_below(hint.digit_box, layout.scale),
        icon_box=_below(hint.icon_box, layout.scale),
        centre=_scaled(geometry.centre, layout.scale),
        orbits=tuple(float(radius * layout.scale) for radius in geometry.radii),
        ellipse=(float(geometry.ratio), float(geometry.angle)),
        planets=_planets(planets, ranks, similarities, decision, layout.scale),
        tile_probabilities=tuple(float(p) for p in decision.tile_probabilities),
        runner_up=int(decision.runner_up),
    )
    if decision.planet is None:
        raise PictureError("not_a_puzzle", NO_PLANETS)
    x, y = planets[decision.tile - 1].points[decision.planet]
    point = ((x + TILE * (decision.tile - 1)) * layout.scale, y * layout.scale)
    return Solution(
        tile=int(decision.tile),
        point=(float(point[0]), float(point[1])),
        digit=int(decision.digit),
        confidence=float(decision.confidence),
        seen=seen,
    )


def _planets(
    planets: Sequence[Planets],
    ranks: Sequence[NDArray[Any]],
    similarities: Sequence[Floats],
    decision: Decision,
    scale: float,
) -> tuple[Planet, ...]:
    return tuple(
        Planet(
            tile=tile + 1,
            x=float((found.points[k, 0] + TILE * tile) * scale),
            y=float(found.points[k, 1] * scale),
            size=float(found.sizes[k] * scale),
            score=float(found.scores[k]),
            rank=int(np.argmax(ranks[tile][k])) + 1,
            rank_probability=float(ranks[tile][k].max()),
            similarity=float(similarities[tile][k]),
            match_probability=float(decision.match_probabilities[tile][k]),
        )
        for tile, found in enumerate(planets)
        for k in range(len(found.points))
    )


def _below(box: Box, scale: float) -> Box:
    """A box of the hint, which lies under the tiles, in pixels of the input picture."""
    return Box(box.x, box.y + TILE, box.width, box.height).scaled(scale, scale)


def _scaled(point: Point, scale: float) -> Point:
    return float(point[0] * scale), float(point[1] * scale)
