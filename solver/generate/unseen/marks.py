"""Orbit marks that training never draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from solver.generate import digits, lines, stamps
from solver.generate.arrays import Alpha
from solver.generate.assets import Face, faces
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, Scheme, opposite
from solver.generate.levels import Level
from solver.generate.lines import Marks
from solver.generate.orbits import Orbits
from solver.generate.truth import ORBITS, TILE
from solver.generate.unseen import strokes
from solver.generate.unseen.strokes import Stroke

#: Least luma difference of a mark from its ground, which here is never plain.
_LEAST = 40.0

Layers: TypeAlias = tuple[tuple[Alpha, Colour], ...]


@dataclass(frozen=True, slots=True)
class Sky:
    """A tile seen from the sun: `away` is the elliptic distance, `bearing` 0 to 2 pi, of a pixel.

    `shade` gives a fresh colour for a mark.
    """

    orbits: Orbits
    away: Alpha
    bearing: Alpha
    shade: Callable[[], Colour]

    def ring(self, stroke: Stroke, rank: int) -> Alpha:
        """One orbit's coverage."""
        radius = self.orbits.radii[rank - 1]
        return stroke(self.away - np.float32(radius), self.bearing, radius)

    def rings(self, stroke: Stroke) -> Alpha:
        """The coverage of all orbits."""
        cover: Alpha = np.max([self.ring(stroke, rank) for rank in range(1, ORBITS + 1)], axis=0)
        return cover


def _stroked(choose: Callable[[Rng], Stroke]) -> Callable[[Rng, Sky], Layers]:
    """A kind that draws every orbit with one stroke in one colour."""
    return lambda rng, sky: ((sky.rings(choose(rng)), sky.shade()),)


def _coloured(rng: Rng, sky: Sky) -> Layers:
    """Every orbit has a colour of its own."""
    stroke = strokes.line(rng)
    return tuple((sky.ring(stroke, rank), sky.shade()) for rank in range(1, ORBITS + 1))


def _changing(rng: Rng, sky: Sky) -> Layers:
    """Lines that pass from one colour into another on their way round."""
    cover = sky.rings(strokes.line(rng))
    part = 0.5 + 0.5 * np.cos(sky.bearing + np.float32(between(rng, 0, 2 * np.pi)))
    return ((cover, sky.shade()), (cover * part, sky.shade()))


def _bands(rng: Rng, sky: Sky) -> Layers:
    """The space between orbits is filled, every other time."""
    edges = [0.0, *sky.orbits.radii]
    return ((_between(sky, edges[::2], edges[1::2]), sky.shade()),)


def _lanes(rng: Rng, sky: Sky) -> Layers:
    """Every orbit is a broad lane around its planets, with a gap to the next."""
    radii = np.array(sky.orbits.radii)
    half = float(np.diff(radii).min()) * between(rng, 0.3, 0.42)
    return ((_between(sky, (radii - half).tolist(), (radii + half).tolist()), sky.shade()),)


def _between(sky: Sky, inner: list[float], outer: list[float]) -> Alpha:
    cover = np.zeros((TILE, TILE), np.float32)
    for low, high in zip(inner, outer, strict=True):
        middle, half = (low + high) / 2, (high - low) / 2
        cover += stamps.soft(np.abs(sky.away - np.float32(middle)) - np.float32(half))
    return cover


#: Kinds; those named in `_NEAR` show beside planets only.
KINDS: Mapping[str, Callable[[Rng, Sky], Layers]] = {
    "dash-dot": _stroked(strokes.dash_dot),
    "ticks": _stroked(strokes.ticks),
    "beads": _stroked(strokes.beads),
    "brush": _stroked(strokes.brush),
    "gaps": _stroked(strokes.gaps),
    "fading": _stroked(strokes.fading),
    "wavy": _stroked(strokes.wavy),
    "chain": _stroked(strokes.chain),
    "arcs": _stroked(strokes.line),
    "coloured": _coloured,
    "changing": _changing,
    "bands": _bands,
    "lanes": _lanes,
}
_NEAR = {"arcs": 34.0}


def draw(
    rng: Rng, level: Level, scheme: Scheme, orbits: Orbits, face: Face, under: Colour
) -> Marks:
    """Choose and draw the orbit marks of a puzzle; `under` is what they lie on."""
    kind = pick(rng, tuple(KINDS))
    ys, xs = np.mgrid[0:TILE, 0:TILE].astype(np.float32) + np.float32(0.5)
    points = np.stack((xs.ravel(), ys.ravel()), 1)
    away = orbits.distances(points).reshape(TILE, TILE).astype(np.float32)
    bearing = np.arctan2(ys - np.float32(orbits.centre[1]), xs - np.float32(orbits.centre[0]))
    bearing = bearing + np.float32(np.pi)
    sky = Sky(orbits, away, bearing, lambda: lines.colour(rng, level, scheme, under, _LEAST))
    layers = KINDS[kind](rng, sky)
    if kind not in _NEAR and maybe(rng, 0.25):
        return Marks(f"{kind}-labelled", (*layers, *_labels(rng, sky, face)))
    return Marks(kind, layers, _NEAR.get(kind))


def _labels(rng: Rng, sky: Sky, face: Face) -> Layers:
    """A number in a small disc on each orbit, in another font than the hint's, on a spiral."""
    others = [other for other in faces("all") if other.family != face.family]
    font, height, radius = pick(rng, others), between(rng, 9, 11), between(rng, 7.5, 9)
    discs, figures = np.zeros((2, TILE, TILE), np.float32)
    ys, xs = np.mgrid[0:TILE, 0:TILE].astype(np.float32) + np.float32(0.5)
    start, step = between(rng, 0, 2 * np.pi), between(rng, 0.3, 0.9)
    for rank in range(1, ORBITS + 1):
        spot = _inside(sky.orbits, rank, start + rank * step)
        if spot is None:
            continue
        x, y = spot
        discs = np.maximum(discs, stamps.soft(np.hypot(xs - x, ys - y) - np.float32(radius)))
        glyph = digits.render(font, rank, height).astype(np.float32) / 255
        top, left = round(y - glyph.shape[0] / 2), round(x - glyph.shape[1] / 2)
        figures[top : top + glyph.shape[0], left : left + glyph.shape[1]] = glyph
    shade = sky.shade()
    return ((discs, shade), (figures, opposite(shade)))


def _inside(orbits: Orbits, rank: int, wanted: float) -> tuple[float, float] | None:
    """The orbit's point nearest in bearing to `wanted` that leaves room for a label."""
    turns = wanted + np.linspace(0, 2 * np.pi, 48, endpoint=False)
    points = orbits.points(rank, turns)
    free = np.flatnonzero(((points > 11) & (points < TILE - 11)).all(1))
    if not len(free):
        return None
    x, y = points[free[0]]
    return float(x), float(y)
