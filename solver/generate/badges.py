"""A planet's body: nothing, or a disc, ring, square, hexagon, shield or diamond under its icon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from solver.generate.arrays import Alpha
from solver.generate.bodies import Coat, Distance, ring, solid
from solver.generate.chance import Rng, pick


@dataclass(frozen=True, slots=True)
class Badge:
    """A kind of badge.

    `reach`: how far its edge reaches at most, in parts of the radius of the circle it must hold.
    `spread`: how far its glow or shadow goes beyond that, in the same parts. `weight`: how often it
    is chosen.
    """

    reach: float
    distance: Distance
    weight: float = 1.0
    coat: Coat = solid
    spread: float = 0.0


def disc(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    """A circle."""
    away: Alpha = np.hypot(xs, ys) - np.float32(radius)
    return away


def _square(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    r = np.float32(radius)
    corner = r * np.float32(0.3)
    qx, qy = np.abs(xs) - (r - corner), np.abs(ys) - (r - corner)
    outside = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0))
    away: Alpha = outside + np.minimum(np.maximum(qx, qy), 0) - corner
    return away


def _diamond(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    away: Alpha = (np.abs(xs) + np.abs(ys)) * np.float32(np.sqrt(0.5)) - np.float32(radius)
    return away


def _hexagon(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    half, root = np.float32(0.5), np.float32(np.sqrt(3) / 2)
    sides = np.maximum(np.abs(xs) * root + np.abs(ys) * half, np.abs(ys))
    away: Alpha = sides - np.float32(radius)
    return away


def _shield(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    r = np.float32(radius)
    dx, dy = np.abs(xs) + np.float32(0.55) * r, ys + np.float32(0.25) * r
    away: Alpha = np.maximum(np.hypot(dx, dy) - np.float32(1.62) * r, -ys - r)
    return away


KINDS: Mapping[str, Badge] = {
    "bare": Badge(1.0, disc, 5),
    "disc": Badge(1.0, disc, 4),
    "ring": Badge(1.0, disc, 3, ring),
    "square": Badge(1.3, _square, 2),
    "hexagon": Badge(1.15, _hexagon, 1.5),
    "shield": Badge(1.2, _shield, 1),
    "diamond": Badge(1.4, _diamond, 0.5),
}


def choose(rng: Rng, kinds: Mapping[str, Badge]) -> str:
    """A badge's name."""
    return pick(rng, tuple(kinds), [badge.weight for badge in kinds.values()])
