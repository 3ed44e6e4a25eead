"""A planet's body: nothing, or a disc, ring, square, hexagon, shield or diamond under its icon."""

from __future__ import annotations

import numpy as np

from solver.generate import stamps
from solver.generate.chance import Rng, pick
from solver.generate.stamps import Alpha

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
    if shape == "square":
        corner = r * np.float32(0.3)
        qx, qy = np.abs(xs) - (r - corner), np.abs(ys) - (r - corner)
        outside = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0))
        return outside + np.minimum(np.maximum(qx, qy), 0) - corner
    if shape == "diamond":
        return (np.abs(xs) + np.abs(ys)) * np.float32(np.sqrt(0.5)) - r
    if shape == "hexagon":
        half, root = np.float32(0.5), np.float32(np.sqrt(3) / 2)
        return np.maximum(np.abs(xs) * root + np.abs(ys) * half, np.abs(ys)) - r
    if shape == "shield":
        dx, dy = np.abs(xs) + np.float32(0.55) * r, ys + np.float32(0.25) * r
        return np.maximum(np.hypot(dx, dy) - np.float32(1.62) * r, -ys - r)
    return np.hypot(xs, ys) - r


def body(
    shape: str, side: int, shift: tuple[float, float], angle: float, radius: float
) -> tuple[Alpha, Alpha]:
    """Signed distance to the shape, and to the same shape moved down and right for its shadow."""
    xs, ys = stamps.grid(side, shift, angle)
    sx, sy = stamps.grid(side, (shift[0] + radius * 0.1, shift[1] + radius * 0.14), angle)
    return distance(shape, xs, ys, radius), distance(shape, sx, sy, radius)
