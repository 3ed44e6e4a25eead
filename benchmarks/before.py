"""What the published pipeline's first stages make of a set of puzzles, to hold against ours.

Its matching cannot be shown: the trained weights were never published.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from benchmarks.published import TILE, find_planets, orbit_of, read_digit
from solver.arrays import Floats
from solver.generate import Drawn, TruePlanet
from solver.layout import Layout, split
from solver.train.report import NEAR, Tally


def published(reader: Any, puzzles: Iterable[Drawn]) -> dict[str, float | None]:
    """The shares of digits read, planets found within 8 pixels, and found ones ranked right."""
    tally = Tally()
    for drawn in puzzles:
        layout = split(drawn.picture)
        digit, _ = read_digit(reader, layout.hint)
        tally.add("digit", digit == drawn.truth.digit)
        _count_planets(tally, drawn, layout)
    return {name: float(np.mean(values)) for name, values in tally.counts.items()}


def _count_planets(tally: Tally, drawn: Drawn, layout: Layout) -> None:
    for number, tile in enumerate(layout.tiles, 1):
        points = find_planets(tile)
        for planet in drawn.truth.planets:
            if planet.tile == number:
                _count_planet(tally, planet, points)


def _count_planet(tally: Tally, planet: TruePlanet, points: Floats) -> None:
    place = planet.x - TILE * (planet.tile - 1), planet.y
    gaps = np.hypot(*(points - np.array(place)).T) if len(points) else np.array([np.inf])
    nearest = int(gaps.argmin())
    tally.add("recall", gaps[nearest] <= NEAR)
    if gaps[nearest] <= NEAR:
        tally.add("rank", orbit_of(points[nearest]) == planet.rank)
