"""Puzzles as the finder would see them, drawn from a geometry that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TILE = 200
PLACES = ("middle", "corner", "ellipse", "beyond a corner")


@dataclass(frozen=True, slots=True)
class Tile:
    """The detections of one tile."""

    points: Array
    scores: Array


@dataclass(frozen=True, slots=True)
class Sky:
    """A geometry with planets on it: `points` (5 tiles of (N, 2)), `ranks` (5 of (N,), from 0)."""

    centre: Array
    radii: Array
    ratio: float
    angle: float
    points: tuple[Array, ...]
    ranks: tuple[NDArray[np.int64], ...]

    def seen(
        self, rng: np.random.Generator, noise: float = 0.0, missed: float = 0.0, false: float = 0.0
    ) -> list[Tile]:
        """Detections: displaced by `noise` px, some missed, some false."""
        tiles = []
        for points in self.points:
            found = points[rng.random(len(points)) >= missed]
            found = found + rng.normal(0, noise, found.shape) if noise else found
            wrong = rng.uniform(4, TILE - 4, (rng.binomial(len(points), false), 2))
            scores = rng.uniform(0.5, 1.0, len(found) + len(wrong))
            tiles.append(Tile(np.concatenate([found, wrong]), scores))
        return tiles

    def ring_map(self, brightness: float = 0.8) -> Array:
        """The map (50, 50) of orbit lines that a good net would give."""
        return self._lines(self.radii, brightness)

    def edge_map(self, half: float) -> Array:
        """The map of orbits that are lanes, whose edges a net took for lines."""
        step = float(np.diff(self.radii).mean())
        return self._lines(
            np.concatenate([self.radii - half * step, self.radii + half * step]), 0.4
        )

    def _lines(self, radii: Array, brightness: float) -> Array:
        cells = np.zeros((50, 50))
        for radius in radii:
            line = on_ellipse(self, radius, np.linspace(0, 2 * np.pi, 2000))
            inside = ((line >= 0) & (line < TILE)).all(axis=1)
            column, row = (line[inside] // 4).astype(int).T
            cells[row, column] = brightness
        return cells

    def sun_map(self) -> Array:
        """The map (50, 50) of the sun's middle."""
        y, x = np.mgrid[0:50, 0:50] * 4 + 2.0
        return np.exp(-((x - self.centre[0]) ** 2 + (y - self.centre[1]) ** 2) / 72)


def on_ellipse(sky: Sky, radius: float, turn: Array) -> Array:
    """Points (N, 2) of an orbit at parameters (N,)."""
    along, across = radius * np.cos(turn), radius * sky.ratio * np.sin(turn)
    cos, sin = np.cos(sky.angle), np.sin(sky.angle)
    return sky.centre + np.stack([along * cos - across * sin, along * sin + across * cos], axis=1)


def draw(
    rng: np.random.Generator,
    place: str,
    planets: int = 8,
    orbits: tuple[int, ...] = (0, 1, 2, 3, 4),
) -> Sky:
    """A sky at a place of PLACES with so many planets a tile, on the given orbits only."""
    ratio, angle = (
        (rng.uniform(0.87, 0.97), rng.uniform(0, np.pi)) if place == "ellipse" else (1, 0)
    )
    if place in ("middle", "ellipse"):
        centre = 100 + rng.uniform(-9, 9, 2)
        radii = np.linspace(rng.uniform(18, 26), rng.uniform(80, 95), 5)
    else:
        out = rng.uniform(-14, -4, 2) if place == "beyond a corner" else rng.uniform(0, 20, 2)
        flip = rng.random(2) < 0.5
        centre = np.where(flip, TILE - out, out)
        radii = np.linspace(rng.uniform(40, 60), rng.uniform(160, 190), 5)
    sky = Sky(centre, radii, float(ratio), float(angle), (), ())
    tiles = [_tile(rng, sky, planets, orbits) for _ in range(5)]
    points, ranks = zip(*tiles, strict=True)
    return Sky(centre, radii, float(ratio), float(angle), points, ranks)


def _tile(
    rng: np.random.Generator, sky: Sky, planets: int, orbits: tuple[int, ...]
) -> tuple[Array, NDArray[np.int64]]:
    points: list[Array] = []
    ranks: list[int] = []
    while len(points) < planets:
        rank = int(rng.choice(orbits))
        (point,) = on_ellipse(sky, sky.radii[rank], rng.uniform(0, 2 * np.pi, 1))
        if (np.abs(point - TILE / 2) < 92).all():
            points.append(point)
            ranks.append(rank)
    return np.array(points), np.array(ranks)
