"""Grounds that training never draws: patterns, materials and clutter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from solver.generate.arrays import Alpha, Canvas
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Scheme
from solver.generate.levels import Level
from solver.generate.truth import TILES
from solver.generate.unseen import clutter, patterns

#: Fields about 0 to 1, (200, 200): how far from the first ground colour to the second.
FIELDS: Mapping[str, Callable[[Rng], Alpha]] = {
    "checks": patterns.checks,
    "bars": patterns.bars,
    "chevrons": patterns.chevrons,
    "plaid": patterns.plaid,
    "weave": patterns.weave,
    "halftone": patterns.halftone,
    "ripples": patterns.ripples,
    "scales": patterns.scales,
    "bricks": patterns.bricks,
    "wood": patterns.wood,
    "contours": patterns.contours,
    "mesh": patterns.mesh,
    "bokeh": clutter.bokeh,
    "facets": clutter.facets,
    "pebbles": clutter.pebbles,
    "leaves": clutter.leaves,
    "strokes": clutter.strokes,
}


def paint(rng: Rng, level: Level, scheme: Scheme) -> tuple[Canvas, str]:
    """Paint the backgrounds of five tiles: (200, 1000, 3) float32 RGB, and the kind's name."""
    kind = pick(rng, tuple(FIELDS))
    # Luma between the ends of a field: a quiet ground on easy puzzles, a loud one on busy ones.
    loud = between(rng, 45, 80) if maybe(rng, level.p_busy) else between(rng, 18, 45)
    colours = _ends(scheme, loud)
    first = _tile(rng, kind, *colours)
    alike = maybe(rng, 0.5)
    tiles = [first, *(first if alike else _tile(rng, kind, *colours) for _ in range(TILES - 1))]
    return np.concatenate(tiles, 1), kind


def _ends(scheme: Scheme, loud: float) -> tuple[Canvas, Canvas]:
    """The scheme's two colours, (3,) each, their distance in the brightest channel made `loud`."""
    one, other = (np.array(colour, np.float32) for colour in scheme.ground)
    step = other - one
    far = float(np.abs(step).max())
    if far < loud:
        step = step + (loud - far) * (1 if one.mean() + step.mean() < 128 else -1)
    else:
        step = step * (loud / far)
    return one, np.clip(one + step, 0, 255)


def _tile(rng: Rng, kind: str, one: Canvas, other: Canvas) -> Canvas:
    part = np.clip(FIELDS[kind](rng), 0, 1)[..., None].astype(np.float32)
    tile: Canvas = one + (other - one) * part
    return tile
