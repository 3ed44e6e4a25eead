"""A planet's body: nothing, or a disc, ring, square, hexagon, shield or diamond under its icon."""

from __future__ import annotations

import numpy as np

from solver.generate.arrays import Alpha
from solver.generate.chance import Rng, pick

#: Shape: how far its edge reaches at most, in parts of the radius of the circle it must hold.
REACH = {
    "bare": 1.0,
    "disc": 1.0,
    "ring": 1.0,
    "square": 1.3,
    "hexagon": 1.15,
    "shield": 1.2,
    "diamond": 1.4,
}


def choose(rng: Rng) -> str:
    """A shape's name."""
    return pick(rng, tuple(REACH), (5, 4, 3, 2, 1.5, 1, 0.5))


def distance(shape: str, xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    """Signed distance in px (negative inside) to a shape that holds a circle of `radius`."""
    r = np.float32(radius)
    away: Alpha
    if shape == "square":
        corner = r * np.float32(0.3)
        qx, qy = np.abs(xs) - (r - corner), np.abs(ys) - (r - corner)
        outside = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0))
        away = outside + np.minimum(np.maximum(qx, qy), 0) - corner
    elif shape == "diamond":
        away = (np.abs(xs) + np.abs(ys)) * np.float32(np.sqrt(0.5)) - r
    elif shape == "hexagon":
        half, root = np.float32(0.5), np.float32(np.sqrt(3) / 2)
        away = np.maximum(np.abs(xs) * root + np.abs(ys) * half, np.abs(ys)) - r
    elif shape == "shield":
        dx, dy = np.abs(xs) + np.float32(0.55) * r, ys + np.float32(0.25) * r
        away = np.maximum(np.hypot(dx, dy) - np.float32(1.62) * r, -ys - r)
    else:
        away = np.hypot(xs, ys) - r
    return away
