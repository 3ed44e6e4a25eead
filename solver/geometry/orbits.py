"""Five concentric ellipses: what the fit returns, and the distances that ranks come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.solution import TILE

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Geometry:
    """The orbits that the five tiles of a puzzle share, in px of a 200 px tile.

    `centre` is (x, y) and may lie outside the tile. Orbit k is the ellipse whose semi-axis is
    `radii[k]` along `angle` (radians, from x towards y) and `ratio * radii[k]` across it.
    `spread` is the standard deviation of the planets' distances from their orbit, px.
    `weight` is the probability of this reading of the picture; `rivals` are the other readings,
    without rivals of their own. The weights of all of them together sum to one.
    """

    centre: tuple[float, float]
    radii: tuple[float, float, float, float, float]
    ratio: float
    angle: float
    spread: float
    weight: float = 1.0
    rivals: tuple[Geometry, ...] = ()

    def distances(self, points: Array) -> Array:
        """Elliptic radius of each point, on the scale of `radii`: (N, 2) -> (N,), px."""
        offset = np.asarray(points, np.float64).reshape(-1, 2) - np.asarray(self.centre)
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        along = offset[:, 0] * cos + offset[:, 1] * sin
        across = offset[:, 1] * cos - offset[:, 0] * sin
        return np.asarray(np.hypot(along, across / self.ratio), np.float64)


def axes(stretch: Array, shear: Array) -> tuple[Array, Array, Array]:
    """Ratio, angle and radius scale of ellipses given as quadratic forms of trace two.

    `stretch` p and `shear` q (H,) stand for (1+p) x² + 2 q x y + (1-p) y² = r². Returns the
    ratio (H,) of the short to the long axis, the angle (H,) of the long one in [0, pi), and the
    factor (H,) from r to the long semi-axis.
    """
    flattening = np.hypot(stretch, shear)
    ratio = np.sqrt((1 - flattening) / (1 + flattening))
    angle = np.mod(0.5 * np.arctan2(shear, stretch) + np.pi / 2, np.pi)
    return ratio, angle, 1 / np.sqrt(1 - flattening)


def visible_lengths(centres: Array, radii: Array) -> Array:
    """Length of circles inside the tile: centres (H, 2) and radii (H, K) -> (H, K), px.

    Each side of the tile cuts an arc off; what two neighbouring sides cut off is counted once.
    """
    sides = np.concatenate([TILE - centres, centres], axis=1)[:, None, :]
    cut = np.arccos(np.minimum(np.maximum(sides / radii[:, :, None], -1.0), 1.0))
    beside = cut[:, :, [1, 2, 3, 0]]
    both = np.minimum(cut + beside - np.pi / 2, 2 * np.minimum(cut, beside))
    left = 2 * np.pi + np.maximum(both, 0.0).sum(axis=2) - 2 * cut.sum(axis=2)
    return np.asarray(np.maximum(left, 0.0) * radii)
