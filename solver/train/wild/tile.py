"""Tiles drawn at random, unlike the generator's, so that the finder learns no one style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver.generate.icons import Icon, render, usable
from solver.nets.run import Floats
from solver.picture import Picture
from solver.solution import ORBITS, TILE
from solver.train.degrade import Rng
from solver.train.finder import TileScene
from solver.train.wild.bodies import body
from solver.train.wild.grounds import ground
from solver.train.wild.inks import ink
from solver.train.wild.marks import mark
from solver.train.wild.orbits import Orbits, random_orbits
from solver.train.wild.suns import sun

#: How much of a planet's size lies outside the tile at most.
CUT = 0.35

#: How near, in sizes, a body drawn later may come to the middle of an icon.
CLEAR = 0.22

#: The most planets of a tile, and the places tried for each.
MOST = 16
TRIES = 12


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a tile's planets are drawn: body's reach in sizes (0 is none), seeds of their style."""

    reach: float
    form: int
    paint: int | None
    mixed: bool


def wild_tile(pool: Sequence[Icon], rng: Rng) -> TileScene:
    """Draw a tile: a ground, perhaps marks and a sun, planets of one or several kinds."""
    return told_tile(pool, rng)[0]


def told_tile(pool: Sequence[Icon], rng: Rng) -> tuple[TileScene, list[Icon]]:
    """Draw a tile, and tell the icons of its planets."""
    orbits = random_orbits(rng)
    canvas = ground(rng)
    mark(canvas, orbits, rng)
    sun(canvas, orbits, pool, rng)
    kind = _kind(rng)
    points, sizes = _places(orbits, kind, rng)
    icons = [_icon(pool, rng) for _ in points]
    for number, (point, size, icon) in enumerate(zip(points, sizes, icons, strict=True)):
        _planet(canvas, point, float(size), kind, number, icon, rng)
    scene = TileScene(
        picture=canvas,
        points=points,
        sizes=sizes,
        centre=orbits.centre,
        radii=orbits.radii,
        ratio=orbits.ratio,
        angle=orbits.angle,
    )
    return scene, icons


def _kind(rng: Rng) -> _Kind:
    chance = rng.random()
    if chance < 0.12:
        reach = 0.0
    elif chance < 0.22:
        reach = float(rng.uniform(0.3, 0.55))
    else:
        reach = float(rng.uniform(0.6, 1.05))
    form, paint = (int(seed) for seed in rng.integers(2**32, size=2))
    return _Kind(reach, form, paint if rng.random() < 0.5 else None, rng.random() < 0.25)


def _places(orbits: Orbits, kind: _Kind, rng: Rng) -> tuple[Floats, Floats]:
    """Planets near the orbits that leave each other's icon in sight: (N, 2) and (N,)."""
    step = float(np.diff(orbits.radii).mean())
    size = float(np.clip(step * rng.uniform(0.8, 1.5), 13, 36))
    vary, loose = rng.uniform(0, 0.3), rng.uniform(0, 1.5)
    near = max(0.75, kind.reach + CLEAR) * rng.uniform(1.0, 1.3)
    wanted = int(rng.integers(1, MOST + 1))
    count = TRIES * wanted
    sides = size * (1 + rng.uniform(-vary, vary, count))
    ranks, turns = rng.integers(ORBITS, size=count), rng.uniform(0, 2 * np.pi, count)
    tried = orbits.at(ranks, turns, rng.normal(0, loose, count).clip(-2, 2))
    margin = ((0.5 - CUT) * sides)[:, None]
    inside = np.all((tried > margin) & (tried < TILE - margin), axis=1)
    points, sizes = np.empty((0, 2)), np.empty(0)
    for point, side in zip(tried[inside], sides[inside], strict=True):
        gap = np.hypot(*(point - points).T)
        if len(points) < wanted and np.all(gap > near * np.maximum(side, sizes)):
            points, sizes = np.vstack((points, point)), np.append(sizes, side)
    return points.astype(np.float32), sizes.astype(np.float32)


def _planet(
    canvas: Picture,
    point: Floats,
    size: float,
    kind: _Kind,
    number: int,
    icon: Icon,
    rng: Rng,
) -> None:
    seed = kind.form + number if kind.mixed else kind.form
    form = np.random.default_rng(seed)
    paint = rng if kind.paint is None else np.random.default_rng(kind.paint)
    if kind.reach:
        body(canvas, point, size * kind.reach, form, paint)
    mask = render(icon, size, float(rng.uniform(0, 360))).astype(np.float32) / 255.0
    ink(canvas, point, mask, size, form, paint)


def _icon(pool: Sequence[Icon], rng: Rng) -> Icon:
    while True:
        icon = pool[int(rng.integers(len(pool)))]
        if usable(icon):
            return icon
