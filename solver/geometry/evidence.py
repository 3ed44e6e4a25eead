"""What the fit looks at: weighted points that should lie on an orbit, and hints of the sun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from solver.geometry.orbits import Array
from solver.solution import TILE, TILES

#: Most ridge points taken from a map of orbit lines.
RIDGE_POINTS = 120
#: Evidence of one ridge point next to that of one planet: neighbours on a line are correlated.
RIDGE_WEIGHT = 0.3
#: A map whose strongest ridges stay under this shows no orbit lines; from BRIGHT on it is trusted.
RIDGE_FLOOR = 0.15
BRIGHT = 0.5
#: A ridge rises this far over what is usual and bends this much across, as shares of the crest.
LEAST_RISE = 0.25
LEAST_BEND = 0.1
#: Directions (x, y) across which a cell may be the highest.
ACROSS = np.array([(1, 0), (0, 1), (1, 1), (1, -1)])
#: Peak of a map of the sun from which it is trusted, and under which it shows none.
SUN_SURE = 0.4
SUN_FLOOR = 0.05
#: Detections of several tiles this close, px, are one thing: a sun's tooth, a printed number.
SAME_PLACE = 3.0


class Detections(Protocol):
    """The planets found in one tile."""

    @property
    def points(self) -> ArrayLike:
        """Centres (N, 2), x and y in px of a 200 px tile."""

    @property
    def scores(self) -> ArrayLike:
        """Confidence of each detection (N,) in 0..1."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Points (M, 2) in px, planets first, each with a weight and a prior of being on an orbit.

    `planets` counts the leading points that are planets; the rest are ridge points of the orbit
    lines. `sun` is the (R, C) map of where the sun may be, scaled to at most 1, or None.
    """

    points: Array
    weights: Array
    inlier: Array
    planets: int
    sun: Array | None

    @property
    def against(self) -> Array:
        """Density of the background at each point (M,), per px², over the prior of an orbit."""
        return (1 / self.inlier - 1) / TILE**2

    @property
    def lined(self) -> bool:
        """Whether orbit lines were seen."""
        return self.planets < len(self.points)


def gather(
    planets: Sequence[Detections], ring_map: ArrayLike | None, sun_map: ArrayLike | None
) -> Evidence:
    """All evidence of a puzzle as one set of points.

    Maps are (R, C) arrays over the whole tile with values in 0..1; None and blank maps mean that
    nothing was seen.
    """
    points = [np.asarray(tile.points, np.float64).reshape(-1, 2) for tile in planets]
    scores = np.concatenate([np.asarray(tile.scores, np.float64).ravel() for tile in planets])
    tiles = np.repeat(np.arange(len(points)), [len(tile) for tile in points])
    found = np.concatenate(points)
    inlier = 0.55 + 0.4 * np.clip(scores, 0.0, 1.0)
    ridge, strength = ridges(ring_map)
    return Evidence(
        points=np.concatenate([found, ridge]),
        weights=np.concatenate([votes(found, tiles), RIDGE_WEIGHT * strength]),
        inlier=np.concatenate([inlier, np.full(len(ridge), 0.85)]),
        planets=len(found),
        sun=_sun(sun_map),
    )


def votes(points: Array, tiles: NDArray[np.int64]) -> Array:
    """How much each point (N, 2) of the tiles (N,) counts: (N,) in 0..1.

    The sun's rays, printed numbers and decorations stand at one place in several tiles, planets
    hardly ever. What is seen at a place in n tiles is one thing seen n times, not n witnesses.
    """
    gaps = points[:, None, :] - points
    near = (gaps * gaps).sum(axis=2) < SAME_PLACE**2
    seen = near @ (tiles[:, None] == np.arange(TILES))
    return np.asarray(1.0 / np.maximum(seen.sum(axis=1), 1), np.float64)


def ridges(ring_map: ArrayLike | None) -> tuple[Array, Array]:
    """Ridge points (M, 2) of a map of orbit lines, px, and their strengths (M,) in 0..1.

    A cell is on a ridge when it is a maximum across at least one of four directions; the peak
    between cells is found by a parabola. The strongest are kept, thinned evenly.
    """
    empty = np.zeros((0, 2)), np.zeros(0)
    if ring_map is None:
        return empty
    values = np.nan_to_num(np.asarray(ring_map, np.float64))
    level, top = np.sort(values, axis=None)[[values.size // 2, int(0.98 * values.size)]]
    crest = float(top - level)
    if crest < RIDGE_FLOOR:
        return empty
    rise = np.clip((values - level) / crest, 0.0, 1.0)
    rows, columns, shift = _crests(rise)
    step = TILE / np.asarray(rise.shape)
    points = np.stack([columns + 0.5, rows + 0.5], axis=1) + shift
    strength = rise[rows, columns] * min(1.0, crest / BRIGHT)
    keep = np.argsort(-strength, kind="stable")[: 3 * RIDGE_POINTS]
    keep = keep[:: max(1, -(-len(keep) // RIDGE_POINTS))]
    return points[keep] * step[::-1], strength[keep]


def _crests(rise: Array) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Rows, columns (M,) and sub-cell shifts (M, 2) of the cells on a ridge."""
    rows, columns = np.nonzero(rise > LEAST_RISE)
    here, padded = rise[rows, columns, None], np.pad(rise, 1, mode="edge")
    x, y = ACROSS.T
    ahead = padded[rows[:, None] + 1 + y, columns[:, None] + 1 + x]
    behind = padded[rows[:, None] + 1 - y, columns[:, None] + 1 - x]
    bend = (2 * here - ahead - behind) / (x * x + y * y)
    bend[here < np.maximum(ahead, behind)] = 0.0
    crests = np.flatnonzero(bend.max(axis=1) > LEAST_BEND)
    best = bend[crests].argmax(axis=1)
    across = ACROSS[best]
    slope = (ahead - behind)[crests, best] / 2
    offset = slope / (bend[crests, best] * (across**2).sum(axis=1))
    shift = across * np.clip(offset, -0.5, 0.5)[:, None]
    return rows[crests], columns[crests], shift


def _sun(sun_map: ArrayLike | None) -> Array | None:
    """The map of the sun, scaled, each cell the greatest near it: its place is known to 8 px."""
    if sun_map is None:
        return None
    values = np.maximum(np.nan_to_num(np.asarray(sun_map, np.float64)), 0.0)
    peak = float(values.max(initial=0.0))
    if peak <= SUN_FLOOR:
        return None
    return np.asarray(cv2.dilate(values / max(peak, SUN_SURE), np.ones((5, 5), np.uint8)))
