"""Five ellipses around a centre anywhere in or near the tile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.nets.run import Floats
from solver.solution import ORBITS, TILE
from solver.train.degrade import Rng

#: How far in pixels the centre lies outside the tile at most.
OUTSIDE = 35.0


@dataclass(frozen=True, slots=True)
class Orbits:
    """Five ellipses in pixels; as in `Geometry`."""

    centre: Floats
    radii: Floats
    ratio: float
    angle: float

    def at(
        self, rank: int | NDArray[np.int64], turn: Floats, wobble: Floats | float = 0.0
    ) -> Floats:
        """Points (N, 2) of one orbit or one each, at angles (N,), `wobble` px further out."""
        reach = self.radii[rank] + wobble
        along = reach * np.cos(turn)
        across = reach * self.ratio * np.sin(turn)
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        turned = np.stack((along * cos - across * sin, along * sin + across * cos), axis=-1)
        return np.asarray(self.centre + turned)


def random_orbits(rng: Rng) -> Orbits:
    """Orbits that reach across the tile from wherever their centre lies."""
    kind = rng.random()
    if kind < 0.3:
        centre = rng.uniform(80, 120, 2)
    elif kind < 0.65:
        centre = rng.uniform(-OUTSIDE, OUTSIDE, 2)
    else:
        centre = rng.uniform(-OUTSIDE, TILE + OUTSIDE, 2)
    centre = np.where(rng.random(2) < 0.5, TILE - centre, centre)
    aside = float(np.clip(np.abs(centre - TILE / 2).max() / (TILE / 2), 0, 1))
    inner = rng.uniform(18, 34) + aside * rng.uniform(10, 42)
    step = rng.uniform(12, 18) + aside * rng.uniform(5, 16)
    ratio = 1.0 if rng.random() < 0.5 else float(rng.uniform(0.8, 1.0))
    uneven = rng.uniform(-0.12, 0.12, ORBITS) * step * (rng.random() < 0.4)
    radii = inner + step * np.arange(ORBITS) + uneven
    return Orbits(centre, radii, ratio, float(rng.uniform(0, np.pi)))
