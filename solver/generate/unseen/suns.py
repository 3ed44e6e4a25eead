"""Suns that training never draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from solver.generate import stamps, suns
from solver.generate.arrays import Alpha
from solver.generate.chance import Rng, between, pick
from solver.generate.colours import Colour, Scheme, blend, opposite
from solver.generate.icons import Icon
from solver.generate.levels import Level
from solver.generate.orbits import Orbits
from solver.generate.suns import Layer, Sun
from solver.generate.truth import TILE


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a sun is painted: coordinates from its middle in parts of its radius `r` (px)."""

    xs: Alpha
    ys: Alpha
    r: float

    @property
    def away(self) -> Alpha:
        far: Alpha = np.hypot(self.xs, self.ys)
        return far

    @property
    def bearing(self) -> Alpha:
        turn: Alpha = np.arctan2(self.ys, self.xs)
        return turn

    def inside(self, edge: Alpha) -> Alpha:
        """Coverage of where `edge`, in radii, is negative."""
        return stamps.soft(edge * np.float32(self.r))

    def disc(self, x: float, y: float, radius: float) -> Alpha:
        return self.inside(np.hypot(self.xs - np.float32(x), self.ys - np.float32(y)) - radius)


def _spiral(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    arms, wound = int(rng.integers(2, 5)), between(rng, 5, 9)
    wave = np.sin(arms * spot.bearing + np.float32(wound) * spot.away)
    arm = np.clip(0.5 + wave * 1.5, 0, 1) * np.clip(1.6 * (1 - spot.away), 0, 1)
    return [(np.maximum(arm, spot.disc(0, 0, 0.22)), colour)]


def _crescent(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    turn, part = between(rng, 0, 2 * np.pi), between(rng, 0.3, 0.5)
    bite = spot.disc(part * np.cos(turn), part * np.sin(turn), 0.82)
    return [(spot.disc(0, 0, 1.0) * (1 - bite), colour)]


def _star(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    points = int(rng.integers(4, 9))
    turn = (spot.bearing * np.float32(points / (2 * np.pi)) + np.float32(rng.random())) % 1.0
    edge = spot.away - (1 - 1.1 * np.minimum(turn, 1 - turn))
    return [(spot.inside(edge), colour)]


def _target(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    wave = np.cos(spot.away * np.float32(2 * np.pi * between(rng, 1.6, 2.6)))
    return [(np.clip(0.5 + wave * 2, 0, 1) * spot.disc(0, 0, 1.0), colour)]


def _flare(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    """A small glare with long thin beams and a chain of ghosts."""
    beams = [np.exp(-np.abs(a) * 9) * np.exp(-np.abs(b) * 1.6) for a, b in
             ((spot.xs, spot.ys), (spot.ys, spot.xs))]  # fmt: skip
    glare = np.clip(np.max([*beams, np.exp(-spot.away * 4)], axis=0), 0, 1)
    x, y = between(rng, 0.3, 0.6), between(rng, 0.3, 0.6)
    ghosts = spot.disc(x, y, 0.16) + spot.disc(1.7 * x, 1.7 * y, 0.1)
    return [(ghosts * np.float32(0.35), colour), (glare, colour)]


def _face(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    """A disc with two eyes and a smile."""
    eyes = spot.disc(-0.33, -0.22, 0.13) + spot.disc(0.33, -0.22, 0.13)
    smile = spot.inside(np.abs(spot.away - 0.58) - 0.07) * (spot.ys > 0.22)
    return [(spot.disc(0, 0, 1.0), colour), (np.maximum(eyes, smile), opposite(colour))]


def _ringed(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    """A ball with a tilted ring around it."""
    turn = between(rng, -0.6, 0.6)
    c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    along, across = c * spot.xs + s * spot.ys, c * spot.ys - s * spot.xs
    ring = spot.inside(np.abs(np.hypot(along, across * 3.2) - 1.0) - 0.1)
    behind = spot.disc(0, 0, 0.6) * (across < 0)
    return [
        (spot.disc(0, 0, 0.6), colour),
        (ring * (1 - behind), blend(colour, opposite(colour), 0.4)),
    ]


def _eclipse(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    """A dark disc in front of a bright corona."""
    corona = np.clip((1.25 - spot.away) * 2, 0, 1)
    dark = blend(opposite(colour), colour, 0.12)
    return [(corona, colour), (spot.disc(0, 0, 0.72), dark)]


def _square(rng: Rng, spot: _Spot, colour: Colour) -> list[Layer]:
    """Two squares turned against each other."""
    flat = np.maximum(np.abs(spot.xs), np.abs(spot.ys)) - 0.7
    turned = (np.abs(spot.xs) + np.abs(spot.ys)) * np.float32(0.7071) - 0.7
    return [(spot.inside(np.minimum(flat, turned)), colour)]


KINDS: Mapping[str, Callable[[Rng, _Spot, Colour], list[Layer]]] = {
    "spiral": _spiral,
    "crescent": _crescent,
    "star": _star,
    "target": _target,
    "flare": _flare,
    "face": _face,
    "ringed": _ringed,
    "eclipse": _eclipse,
    "squares": _square,
}
#: How often the centre is empty and a large sun looks in over the tile's edge instead.
_P_ASIDE = 0.15


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
    """Choose and draw a sun; see `solver.generate.suns.draw`."""
    shine = suns.colour(rng, level, scheme, under)
    if not lone and rng.random() < _P_ASIDE:
        return _aside(rng, orbits, blend(under, shine, 0.6))
    look = pick(rng, tuple(KINDS))
    radius = between(rng, 0.7, 1.0) * max(room, 9.0)
    return Sun(look, orbits.centre, KINDS[look](rng, _spot(orbits.centre, radius), shine))


def _spot(at: tuple[float, float], radius: float) -> _Spot:
    side = int(np.ceil(radius * 2.6)) + 4
    _, _, shift = stamps.patch(*at, side)
    xs, ys = stamps.grid(side, shift)
    return _Spot(xs / np.float32(radius), ys / np.float32(radius), radius)


def _aside(rng: Rng, orbits: Orbits, colour: Colour) -> Sun:
    """A large half sun at the edge of the tile that is farthest from the orbits' centre."""
    x, y = orbits.centre
    along = between(rng, 40, TILE - 40)
    edges = ((0.0, along), (float(TILE), along), (along, 0.0), (along, float(TILE)))
    at = max(edges, key=lambda edge: np.hypot(edge[0] - x, edge[1] - y))
    spot = _spot(at, between(rng, 30, 55))
    halo = np.clip(1.25 - spot.away, 0, 1) * np.float32(0.6)
    return Sun("aside", at, [(halo, colour), (spot.disc(0, 0, 0.85), colour)])
