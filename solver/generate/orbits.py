"""The geometry that the five tiles share: a centre, five orbits, and places on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.generate.arrays import Points
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.levels import Level
from solver.generate.truth import ORBITS, TILE


@dataclass(frozen=True, slots=True)
class Orbits:
    """`centre` in tile px; `radii` semi-axes along `angle` (degrees), `ratio` times that across."""

    place: str
    centre: tuple[float, float]
    radii: tuple[float, ...]
    ratio: float
    angle: float

    def points(self, rank: int, turns: NDArray[np.floating[Any]]) -> Points:
        """Points of orbit `rank` at parameters `turns` (radians): (N, 2) tile px."""
        radius = self.radii[rank - 1]
        along, across = radius * np.cos(turns), radius * self.ratio * np.sin(turns)
        c, s = np.cos(np.deg2rad(self.angle)), np.sin(np.deg2rad(self.angle))
        return np.stack(
            (self.centre[0] + c * along - s * across, self.centre[1] + s * along + c * across), 1
        )

    def distances(self, points: Points) -> NDArray[np.floating[Any]]:
        """Elliptic distance of points (N, 2) from the centre: equals `radii[k - 1]` on orbit k."""
        dx, dy = points[:, 0] - self.centre[0], points[:, 1] - self.centre[1]
        c, s = np.cos(np.deg2rad(self.angle)), np.sin(np.deg2rad(self.angle))
        along, across = c * dx + s * dy, (c * dy - s * dx) / self.ratio
        away: NDArray[np.floating[Any]] = np.hypot(along, across)
        return away


def _radii(rng: Rng, level: Level, first: float, last: float) -> tuple[float, ...]:
    """Five radii from first to last, equally spaced but for a few per cent now and then."""
    steps = np.ones(ORBITS - 1)
    if maybe(rng, level.p_uneven):
        steps += rng.uniform(-0.12, 0.12, ORBITS - 1)
    marks = np.concatenate(([0.0], np.cumsum(steps) / steps.sum()))
    return tuple(round(float(first + (last - first) * mark), 3) for mark in marks)


def plan(rng: Rng, level: Level, reach: float) -> Orbits:
    """Choose where the sun stands and how the orbits lie; `reach`: a planet's radius in px."""
    place = "anywhere" if maybe(rng, level.p_off_centre) else pick(rng, ("middle", "corner"))
    wobble = 4.0 if level.name == "easy" else 9.0
    if place == "middle":
        x, y = (TILE / 2 + between(rng, -wobble, wobble) for _ in range(2))
        last = between(rng, 80, 97)
        clear = reach + 5 if level.name == "easy" else 17.0
        first = max(between(rng, 0.16, 0.3) * last, clear)
    elif place == "corner":
        inward = between(rng, -12, 26)
        x, y = (inward + between(rng, -wobble, wobble) / 2 for _ in range(2))
        last = between(rng, 150, 200)
        first = between(rng, 0.2, 0.36) * last
        x, y = (TILE - x if maybe(rng, 0.5) else x), (TILE - y if maybe(rng, 0.5) else y)
    else:
        x, y = (between(rng, -level.outside, TILE + level.outside) for _ in range(2))
        far = max(x, TILE - x, y, TILE - y)
        last = between(rng, 0.85, 1.0) * far
        first = between(rng, 0.2, 0.3) * last
    ratio = between(rng, 0.86, 0.98) if maybe(rng, level.p_ellipse) else 1.0
    angle = between(rng, 0, 180) if ratio < 1 else 0.0
    return Orbits(
        place,
        (round(x, 3), round(y, 3)),
        _radii(rng, level, first, last),
        round(ratio, 4),
        round(angle, 2),
    )
