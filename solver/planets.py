"""Finding the planets of all five tiles, and what the tiles show of orbits and sun."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from solver.arrays import Floats, sigmoid
from solver.nets.shapes import STRIDE
from solver.picture import Picture
from solver.runtime import Net

#: Output maps of the planet finder.
MAPS = ("planet", "dx", "dy", "log_size", "orbit", "sun")

#: Size in pixels that a log size of zero stands for.
UNIT_SIZE = 32.0

#: Peaks below this score are no planets; low, because a missed planet costs more than a false one.
MIN_SCORE = 0.12

#: A weaker peak nearer than this share of a planet's size is the same planet.
SAME_PLANET = 0.45


@dataclass(frozen=True, slots=True)
class Planets:
    """The planets of one tile, best first.

    `points` (N, 2) are centres (x, y) in pixels of the 200 x 200 tile, `sizes` (N,) sides of the
    square that holds the icon, `scores` (N,) in 0..1.
    """

    points: Floats
    sizes: Floats
    scores: Floats


@dataclass(frozen=True, slots=True)
class Found:
    """What the finder saw: planets per tile, and the mean over the tiles of two stride-4 maps.

    `ring_map` and `sun_map` are (50, 50): the probability of an orbit's line, of the sun's middle.
    """

    planets: tuple[Planets, ...]
    ring_map: Floats
    sun_map: Floats


def find(net: Net, tiles: Picture) -> Found:
    """Find the planets of a puzzle.

    Args:
        net: a `Finder` with the maps `MAPS`.
        tiles: (5, 200, 200, 3) uint8.
    """
    [maps] = net(tiles)
    seen = sigmoid(maps[:, [0, 4, 5]])
    planets = tuple(_peaks(heat[0], tile) for heat, tile in zip(seen, maps, strict=True))
    ring_map, sun_map = seen[:, 1].mean(axis=0), seen[:, 2].mean(axis=0)
    return Found(planets, ring_map, sun_map)


def _peaks(heat: Floats, maps: Floats) -> Planets:
    highest = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((heat >= highest) & (heat >= MIN_SCORE))
    order = np.argsort(-heat[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    x = (columns + 0.5 + maps[1, rows, columns]) * STRIDE
    y = (rows + 0.5 + maps[2, rows, columns]) * STRIDE
    points = np.stack((x, y), axis=1).astype(np.float32)
    sizes = UNIT_SIZE * np.exp(np.clip(maps[3, rows, columns], -2, 2)).astype(np.float32)
    kept = _distinct(points, sizes)
    return Planets(points[kept], sizes[kept], heat[rows, columns][kept])


def _distinct(points: Floats, sizes: Floats) -> list[int]:
    kept: list[int] = []
    for i, point in enumerate(points):
        distances = np.linalg.norm(points[kept] - point, axis=1)
        if not np.any(distances < SAME_PLANET * np.maximum(sizes[kept], sizes[i])):
            kept.append(i)
    return kept
