"""Tiles drawn at random, unlike the generator's, so that the finder learns no one style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from solver.generate.icons import Icon, render, usable
from solver.nets.run import Floats
from solver.solution import ORBITS, TILE
from solver.train.degrade import Rng
from solver.train.finder import TileScene
from solver.train.icon_views import contrasting

#: Ways to draw a planet under its icon; `bare` is none.
BADGES = ("disc", "sphere", "star", "square", "ring", "double", "bare", "mixed")

#: Ways to draw an orbit.
LINES = ("none", "solid", "faint", "dotted")

#: Bits of a pixel that OpenCV's drawing takes.
SHIFT = 4


@dataclass(frozen=True, slots=True)
class Orbits:
    """Five ellipses in pixels; as in `Geometry`."""

    centre: Floats
    radii: Floats
    ratio: float
    angle: float

    def at(self, rank: int, turn: Floats) -> Floats:
        """Points (N, 2) of orbit `rank` at these angles (N,)."""
        along = self.radii[rank] * np.cos(turn)
        across = self.radii[rank] * self.ratio * np.sin(turn)
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        turned = np.stack((along * cos - across * sin, along * sin + across * cos), axis=-1)
        return np.asarray(self.centre + turned)


def wild_tile(pool: Sequence[Icon], rng: Rng) -> TileScene:
    """Draw a tile: a ground, perhaps orbits and a sun, planets of one or several kinds."""
    orbits, size = _orbits(rng)
    canvas = _ground(rng)
    average = canvas.mean(axis=(0, 1))
    _lines(canvas, orbits, contrasting(average, rng), str(rng.choice(LINES)), rng)
    _sun(canvas, orbits, rng)
    points, sizes = _places(orbits, size, rng)
    badge = str(rng.choice(BADGES))
    for point, side in zip(points, sizes, strict=True):
        kind = str(rng.choice(BADGES[:-1])) if badge == "mixed" else badge
        _planet(canvas, point, float(side), kind, pool, rng)
    return TileScene(
        picture=np.clip(canvas, 0, 255).astype(np.uint8),
        points=points,
        sizes=sizes,
        centre=orbits.centre,
        radii=orbits.radii,
        ratio=orbits.ratio,
        angle=orbits.angle,
    )


def _orbits(rng: Rng) -> tuple[Orbits, float]:
    corner = rng.random() < 0.5
    low, high = (-20.0, 35.0) if corner else (80.0, 120.0)
    centre = rng.uniform(low, high, 2)
    mirrored = rng.random(2) < 0.5
    centre = np.where(mirrored, TILE - centre, centre)
    inner = rng.uniform(35, 75) if corner else rng.uniform(18, 34)
    step = rng.uniform(20, 34) if corner else rng.uniform(12, 18)
    ratio = 1.0 if rng.random() < 0.6 else float(rng.uniform(0.85, 1.0))
    size = float(rng.uniform(14, 34) if corner else rng.uniform(13, 28))
    radii = inner + step * np.arange(ORBITS)
    return Orbits(centre, radii, ratio, float(rng.uniform(0, np.pi))), size


def _ground(rng: Rng) -> Floats:
    canvas = np.full((TILE, TILE, 3), rng.uniform(0, 255, 3), np.float32)
    kind = rng.integers(6)
    y, x = np.mgrid[:TILE, :TILE].astype(np.float32)
    if kind == 0:
        canvas += ((x + y) / TILE - 1)[:, :, None] * rng.uniform(-90, 90, 3).astype(np.float32)
    elif kind == 1:
        cells = tuple(int(side) for side in rng.integers(3, 28, 2))
        waves = rng.normal(0, 28, (*cells, 3)).astype(np.float32)
        canvas += cv2.resize(waves, (TILE, TILE), interpolation=cv2.INTER_CUBIC)
    elif kind == 2:
        side = int(rng.integers(8, 50))
        fields = ((x // side + y // side) % 2)[:, :, None]
        canvas += fields * rng.uniform(-30, 30, 3).astype(np.float32)
    elif kind == 3:
        turn = rng.uniform(0, np.pi)
        stripes = np.sin((x * np.cos(turn) + y * np.sin(turn)) / rng.uniform(4, 25))
        canvas += stripes[:, :, None] * rng.uniform(-30, 30, 3).astype(np.float32)
    elif kind == 4:
        for _ in range(int(rng.integers(10, 90))):
            place = tuple(int(value) for value in rng.integers(0, TILE, 2))
            colour = rng.uniform(0, 255, 3).tolist()
            cv2.circle(canvas, place, int(rng.integers(0, 3)), colour, -1, cv2.LINE_AA)
    return canvas


def _lines(canvas: Floats, orbits: Orbits, colour: Floats, kind: str, rng: Rng) -> None:
    if kind == "faint":
        colour = 0.75 * canvas.mean(axis=(0, 1)) + 0.25 * colour
    width = int(rng.integers(1, 4))
    spacing = int(rng.integers(3, 7))
    for rank in range(ORBITS):
        points = _fixed(orbits.at(rank, np.linspace(0, 2 * np.pi, 240)))
        if kind == "dotted":
            for x, y in points[::spacing]:
                place = (int(x), int(y))
                cv2.circle(canvas, place, 10 * width, colour.tolist(), -1, cv2.LINE_AA, SHIFT)
        elif kind != "none":
            cv2.polylines(canvas, [points], True, colour.tolist(), width, cv2.LINE_AA, SHIFT)


def _sun(canvas: Floats, orbits: Orbits, rng: Rng) -> None:
    kind = rng.integers(5)
    x, y = (int(value) for value in _fixed(orbits.centre))
    reach = float(orbits.radii[0] * rng.uniform(0.2, 0.7))
    colour = rng.uniform(0, 255, 3)
    if kind == 0:
        cv2.circle(canvas, (x, y), int(reach * 16), colour.tolist(), -1, cv2.LINE_AA, SHIFT)
    elif kind == 1:
        middle = (x >> SHIFT, y >> SHIFT)
        cv2.drawMarker(canvas, middle, colour.tolist(), cv2.MARKER_STAR, int(reach * 1.5), 3)
    elif kind == 2:
        for part in (1.0, 0.75, 0.5, 0.25):
            shade = (colour * (1.2 - 0.5 * part)).tolist()
            cv2.circle(canvas, (x, y), int(reach * part * 16), shade, -1, cv2.LINE_AA, SHIFT)
    elif kind == 3:
        cv2.circle(canvas, (x, y), int(reach * 16), colour.tolist(), 2, cv2.LINE_AA, SHIFT)


def _places(orbits: Orbits, size: float, rng: Rng) -> tuple[Floats, Floats]:
    """Planets on the orbits that do not cover each other much: (N, 2) points and (N,) sizes."""
    points: list[Floats] = []
    sizes: list[float] = []
    near = rng.uniform(1.15, 1.6)
    for _ in range(int(rng.integers(20, 140))):
        side = size * float(rng.uniform(0.85, 1.15))
        point = orbits.at(int(rng.integers(ORBITS)), rng.uniform(0, 2 * np.pi, 1))[0]
        inside = np.all((point > 0.35 * side) & (point < TILE - 0.35 * side))
        apart = all(np.hypot(*(point - p)) > near * side for p in points)
        if inside and apart and len(points) < 16:
            points.append(point)
            sizes.append(side)
    return np.array(points, np.float32).reshape(-1, 2), np.array(sizes, np.float32)


def _planet(
    canvas: Floats, point: Floats, size: float, kind: str, pool: Sequence[Icon], rng: Rng
) -> None:
    under = _badge(canvas, point, size * float(rng.uniform(0.66, 0.95)), kind, rng)
    icon = pool[int(rng.integers(len(pool)))]
    while not usable(icon):
        icon = pool[int(rng.integers(len(pool)))]
    mask = render(icon, size, float(rng.uniform(0, 360))).astype(np.float32) / 255.0
    paste(canvas, point, contrasting(under, rng), mask[:, :, None])


def _badge(canvas: Floats, point: Floats, reach: float, kind: str, rng: Rng) -> Floats:
    """Draw what the icon stands on; returns the colour (3,) there."""
    row, column = (int(np.clip(value, 0, TILE - 1)) for value in point[::-1])
    under = canvas[row, column].copy()
    colour = contrasting(under, rng) if rng.random() < 0.7 else rng.uniform(0, 255, 3)
    x, y = (int(value) for value in _fixed(point))
    if kind == "bare":
        return np.asarray(under)
    if kind == "ring":
        width = int(rng.integers(1, 4))
        cv2.circle(canvas, (x, y), int(reach * 16), colour.tolist(), width, cv2.LINE_AA, SHIFT)
        return np.asarray(under)
    if kind == "sphere":
        _sphere(canvas, point, reach, colour)
        return np.asarray(colour * 0.75, np.float32)
    corners = {"disc": 48, "double": 48, "square": 4}.get(kind, 2 * int(rng.integers(4, 13)))
    inner = float(rng.uniform(0.7, 0.95)) if kind == "star" else 1.0
    grown = reach * (1.3 if kind in ("square", "star") else 1.0)
    _polygon(canvas, point, grown, corners, inner, colour, rng)
    if kind == "double":
        colour = contrasting(np.asarray(colour, np.float32), rng)
        _polygon(canvas, point, reach * float(rng.uniform(0.75, 0.92)), 48, 1.0, colour, rng)
    return np.asarray(colour, np.float32)


def _polygon(
    canvas: Floats,
    point: Floats,
    reach: float,
    corners: int,
    inner: float,
    colour: Floats,
    rng: Rng,
) -> None:
    turn = rng.uniform(0, 2 * np.pi) + np.arange(corners) * 2 * np.pi / corners
    reaches = reach * np.where(np.arange(corners) % 2, inner, 1.0)
    outline = point + reaches[:, None] * np.stack((np.cos(turn), np.sin(turn)), axis=1)
    cv2.fillPoly(canvas, [_fixed(outline)], colour.tolist(), cv2.LINE_AA, SHIFT)


def _sphere(canvas: Floats, point: Floats, reach: float, colour: Floats) -> None:
    half = int(reach) + 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    inside = np.clip(reach - np.hypot(x, y) + 0.5, 0, 1)[:, :, None]
    light = np.clip(1 - 0.55 * np.hypot(x + reach * 0.3, y + reach * 0.3) / reach, 0.35, 1)
    paste(canvas, point, colour * light[:, :, None], inside)


def paste(canvas: Floats, point: Floats, colour: Floats, cover: Floats) -> None:
    """Lay a colour over the canvas around a point by its cover (h, w, 1) in 0..1, clipped."""
    height, width = cover.shape[:2]
    left = round(float(point[0]) - (width - 1) / 2)
    top = round(float(point[1]) - (height - 1) / 2)
    rows = slice(max(0, -top), max(0, min(height, TILE - top)))
    columns = slice(max(0, -left), max(0, min(width, TILE - left)))
    part = canvas[rows.start + top : rows.stop + top, columns.start + left : columns.stop + left]
    shade = np.broadcast_to(colour, (height, width, 3))[rows, columns]
    part += (shade - part) * cover[rows, columns]


def _fixed(points: Floats) -> NDArray[np.int32]:
    """Points in the fixed-point numbers that OpenCV draws with."""
    return np.asarray(np.round(points * (1 << SHIFT)), np.int32)
