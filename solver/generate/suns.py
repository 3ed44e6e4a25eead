"""The sun in the middle of the orbits: a disc, a ring, a glow, rays, an icon, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.generate import icons, stamps
from solver.generate.arrays import Alpha, Canvas
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, Scheme, against, hsv
from solver.generate.icons import Icon
from solver.generate.levels import Level
from solver.generate.orbits import Orbits

#: One layer of a sun: coverage over a square patch, and its colour.
Layer = tuple[Alpha, Colour]


@dataclass(frozen=True, slots=True)
class Sun:
    """A sun: its look, the middle of its patches in tile px, and its layers, bottom first."""

    look: str
    at: tuple[float, float]
    layers: list[Layer]

    def lay(self, tile: Canvas) -> None:
        """Lay the sun onto a tile (200, 200, 3)."""
        for alpha, colour in self.layers:
            left, top, _ = stamps.patch(*self.at, alpha.shape[0])
            stamps.lay(tile, alpha, colour, left, top)


def draw(
    rng: Rng,
    level: Level,
    scheme: Scheme,
    orbits: Orbits,
    room: float,
    icon: Icon,
    under: Colour,
    lone: bool,
) -> Sun:
    """Choose and draw the sun; one without layers when it is left out.

    `room`: px from the centre that planets leave free. `lone`: no orbit lines tell where the centre
    is, so that the sun is seldom left out.
    """
    if maybe(rng, level.p_no_sun * (0.25 if lone else 1.0)):
        return Sun("none", orbits.centre, [])
    look = pick(rng, ("disc", "ring", "glow", "rays", "icon", "dot"), (4, 1.5, 3, 2.5, 1, 1))
    radius = between(rng, 0.55, 1.0) * max(room, 8.0)
    if look == "dot":
        radius = between(rng, 2.5, 5)
    shine = colour(rng, level, scheme, under)
    return Sun(look, orbits.centre, _layers(rng, look, radius, shine, icon, orbits))


def colour(rng: Rng, level: Level, scheme: Scheme, under: Colour) -> Colour:
    """A sun's colour: golden, or one of the scheme that stands out."""
    if maybe(rng, 0.6):
        return hsv(between(rng, 0.02, 0.16), between(rng, 0.5, 1), between(rng, 0.8, 1))
    return against(rng, scheme, under, level.contrast * 0.6)


def _layers(
    rng: Rng, look: str, radius: float, colour: Colour, icon: Icon, orbits: Orbits
) -> list[Layer]:
    side = int(np.ceil(radius * 3.4)) + 4
    _, _, shift = stamps.patch(*orbits.centre, side)
    xs, ys = stamps.grid(side, shift)
    away = np.hypot(xs, ys)
    core = stamps.soft(away - np.float32(radius))
    if look == "ring":
        return [(core - stamps.soft(away - np.float32(radius * between(rng, 0.5, 0.85))), colour)]
    if look == "glow":
        halo = np.clip(1 - away / np.float32(radius * 1.65), 0, 1) ** 2
        inner = stamps.soft(away - np.float32(radius * 0.6), radius * 0.5)
        return [(halo * np.float32(between(rng, 0.4, 0.9)), colour), (inner, colour)]
    if look == "rays":
        return _rays(rng, radius, away, np.arctan2(ys, xs), colour)
    if look == "icon":
        size = 2 * radius / 1.15
        drawn = icons.render(icon, size, between(rng, 0, 360), side, shift)
        return [(drawn.astype(np.float32) / 255, colour)]
    return [(core, colour)]


def _rays(rng: Rng, radius: float, away: Alpha, bearing: Alpha, colour: Colour) -> list[Layer]:
    count, start = int(rng.integers(6, 17)), between(rng, 0, 1)
    wave = np.cos(bearing * count + np.float32(start))
    core = radius * between(rng, 0.45, 0.65)
    spikes = stamps.soft(away - np.float32(core) - (wave > 0.3) * np.float32(radius - core))
    gap = np.float32(1) - stamps.soft(
        np.abs(away - np.float32(core * 1.18)) - np.float32(0.09 * core)
    )
    return [(spikes * gap if maybe(rng, 0.5) else spikes, colour)]
