"""Random suns: primitives piled on the centre, and lures of the same kind away from it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from solver.generate.icons import Icon, render
from solver.nets.run import Floats
from solver.picture import Picture
from solver.solution import TILE
from solver.train.degrade import Rng
from solver.train.wild.canvas import colour, fill, outline, paste, stroke
from solver.train.wild.orbits import Orbits

#: An icon's side over the reach of the sun that it is; far larger than a planet's.
ICON = 1.7


def sun(canvas: Picture, orbits: Orbits, pool: Sequence[Icon], rng: Rng) -> None:
    """Draw a sun at the centre, or none; now and then something like it elsewhere."""
    reach = float(orbits.radii[0] * rng.uniform(0.25, 0.75))
    if rng.random() < 0.8:
        _pile(canvas, orbits.centre, reach, rng)
        if reach > 16 and rng.random() < 0.1:
            mask = render(pool[int(rng.integers(len(pool)))], ICON * reach, rng.uniform(0, 360))
            paste(canvas, orbits.centre, colour(rng), mask.astype(np.float32) / 255)
    if rng.random() < 0.12:
        _pile(canvas, rng.uniform(0, TILE, 2), float(rng.uniform(8, 30)), rng)


def _pile(canvas: Picture, centre: Floats, reach: float, rng: Rng) -> None:
    if rng.random() < 0.25:
        paste(canvas, centre, colour(rng), glow(reach * rng.uniform(1, 1.8), rng))
    layer = canvas.copy()
    aside = reach * rng.uniform(0, 0.3) if rng.random() < 0.4 else 0.0
    for part in range(int(rng.integers(1, 6))):
        size = reach * (1.0 if part == 0 else rng.uniform(0.1, 0.9))
        place = centre + (rng.normal(0, 1, 2) * aside if part else 0.0)
        kind = rng.random()
        if kind < 0.6:
            fill(layer, place + outline(rng) * size, colour(rng))
        elif kind < 0.85:
            stroke(layer, place + outline(rng) * size, colour(rng), int(rng.integers(1, 6)))
        else:
            _rays(layer, place, size, rng)
    share = float(rng.uniform(0.5, 1) if rng.random() < 0.3 else 1)
    cv2.addWeighted(layer, share, canvas, 1 - share, 0, dst=canvas)


def _rays(canvas: Picture, centre: Floats, reach: float, rng: Rng) -> None:
    count, inner, bent = int(rng.integers(3, 20)), rng.uniform(0, 0.8), rng.normal(0, 0.5)
    ink, width = colour(rng), int(rng.integers(1, 4))
    for turn in np.arange(count) * (2 * np.pi / count):
        along = np.linspace(inner, 1, 4)
        angle = turn + bent * along
        ray = reach * along[:, None] * np.stack((np.cos(angle), np.sin(angle)), axis=1)
        stroke(canvas, centre + ray, ink, width, closed=False)


def glow(reach: float, rng: Rng) -> Floats:
    """A soft cover (h, w) in 0..1 that falls from the middle to nothing at `reach` pixels."""
    half = int(reach) + 1
    across = np.arange(-half, half + 1, dtype=np.float32)
    distance = np.hypot(across[:, None], across[None]) / reach
    fall = np.clip(1 - distance, 0, 1) ** rng.uniform(0.4, 1.5)
    return np.asarray(fall * rng.uniform(0.5, 1.0), np.float32)
