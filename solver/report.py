"""From the stages' results on the normalised scale to a solution in pixels of the input picture."""

from __future__ import annotations

import numpy as np

from solver import plausible
from solver.solution import TILE, Box, Planet, Point, Seen, Solution
from solver.stages import Stages


def answer(stages: Stages) -> Solution:
    """The answer and everything that the stages saw; only here the scale is undone.

    Raises:
        PictureError: `not_a_puzzle` when they saw none.
    """
    plausible.check(stages)
    decision, scale = stages.decision, stages.layout.scale
    x, y = stages.found.planets[decision.tile - 1].points[decision.planet]
    point = ((x + TILE * (decision.tile - 1)) * scale, y * scale)
    return Solution(
        tile=int(decision.tile),
        point=(float(point[0]), float(point[1])),
        digit=int(decision.digit),
        confidence=float(decision.confidence),
        seen=_seen(stages),
    )


def _seen(stages: Stages) -> Seen:
    scale, geometry = stages.layout.scale, stages.geometry
    return Seen(
        size=stages.layout.size,
        digit_probabilities=tuple(float(p) for p in stages.digits),
        digit_box=_below(stages.hint.digit_box, scale),
        icon_box=_below(stages.hint.icon_box, scale),
        centre=_scaled(geometry.centre, scale),
        orbits=tuple(float(radius * scale) for radius in geometry.radii),
        ellipse=(float(geometry.ratio), float(geometry.angle)),
        planets=_planets(stages),
        tile_probabilities=tuple(float(p) for p in stages.decision.tile_probabilities),
        runner_up=int(stages.decision.runner_up),
    )


def _planets(stages: Stages) -> tuple[Planet, ...]:
    scale, ranks = stages.layout.scale, stages.ranks
    return tuple(
        Planet(
            tile=tile + 1,
            x=float((found.points[k, 0] + TILE * tile) * scale),
            y=float(found.points[k, 1] * scale),
            size=float(found.sizes[k] * scale),
            score=float(found.scores[k]),
            rank=int(np.argmax(ranks[tile][k])) + 1,
            rank_probability=float(ranks[tile][k].max()),
            similarity=float(stages.similarities[tile][k]),
            match_probability=float(stages.decision.match_probabilities[tile][k]),
        )
        for tile, found in enumerate(stages.found.planets)
        for k in range(len(found.points))
    )


def _below(box: Box, scale: float) -> Box:
    """A box of the hint, which lies under the tiles, in pixels of the input picture."""
    return Box(box.x, box.y + TILE, box.width, box.height).scaled(scale, scale)


def _scaled(point: Point, scale: float) -> Point:
    return float(point[0] * scale), float(point[1] * scale)
