"""The orbit of a point, as probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from solver.geometry.orbits import Array, Geometry

#: Shares of planets that stand loosely near their orbit, and of points on no orbit at all.
LOOSE = 0.05
NOWHERE = 0.01


def rank_probabilities(geometry: Geometry, points: ArrayLike) -> Array:
    """Probability that each point stands on orbit 1, 2, ... 5: (N, 2) px -> (N, 5), rows sum to 1.

    The readings of the picture are averaged by their weights. A point far from every orbit gets
    nearly equal probabilities.
    """
    places = np.asarray(points, np.float64).reshape(-1, 2)
    readings = (geometry, *geometry.rivals)
    return np.asarray(sum(reading.weight * _ranks(reading, places) for reading in readings))


def _ranks(reading: Geometry, points: Array) -> Array:
    radii = np.asarray(reading.radii)
    gap = reading.distances(points)[:, None] - radii
    spacing = (radii[-1] - radii[0]) / (len(radii) - 1)
    close = np.exp(-0.5 * (gap / reading.spread) ** 2) / reading.spread
    wide = max(spacing / 3, 2 * reading.spread)
    loose = np.exp(-0.5 * (gap / wide) ** 2) / wide
    likelihood = (1 - LOOSE - NOWHERE) * close + LOOSE * loose + NOWHERE / (5 * spacing)
    return np.asarray(likelihood / likelihood.sum(axis=1, keepdims=True))
