"""Drawing on a tile: soft patches, fixed-point outlines, random closed curves and colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from solver.nets.run import Floats
from solver.picture import Picture
from solver.solution import TILE
from solver.train.degrade import Rng

#: Bits of a pixel that OpenCV's drawing takes.
SHIFT = 4

#: Angles at which a closed curve is drawn.
TURNS = np.linspace(0, 2 * np.pi, 64, endpoint=False)

#: What red, green and blue add to the brightness that is seen: blue on black is hard to read.
BRIGHTNESS = np.array([0.3, 0.59, 0.11])


def fixed(points: Floats) -> NDArray[np.int32]:
    """Points in the fixed-point numbers that OpenCV draws with."""
    return np.asarray(np.round(points * (1 << SHIFT)), np.int32)


def fill(canvas: Picture, outline: Floats, colour: Floats) -> None:
    """Fill a closed outline (N, 2) in pixels, x and y."""
    cv2.fillPoly(canvas, [fixed(outline)], colour.tolist(), cv2.LINE_AA, SHIFT)


def stroke(canvas: Picture, line: Floats, colour: Floats, width: int, closed: bool = True) -> None:
    """Draw a line (N, 2) in pixels, x and y."""
    cv2.polylines(canvas, [fixed(line)], closed, colour.tolist(), width, cv2.LINE_AA, SHIFT)


def paste(canvas: Picture, point: Floats, colour: Floats, cover: Floats) -> None:
    """Lay a colour over the canvas around a point by its cover (h, w) in 0..1, clipped."""
    height, width = cover.shape
    left = round(float(point[0]) - (width - 1) / 2)
    top = round(float(point[1]) - (height - 1) / 2)
    rows = slice(max(0, -top), max(0, min(height, TILE - top)))
    columns = slice(max(0, -left), max(0, min(width, TILE - left)))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    part = canvas[rows.start + top : rows.stop + top, columns.start + left : columns.stop + left]
    shade = np.broadcast_to(colour, (height, width, 3))[rows, columns]
    mixed = part + (shade - part) * cover[rows, columns, None]
    part[...] = np.clip(mixed, 0, 255).astype(np.uint8)


def window(canvas: Picture, point: Floats, half: float) -> Picture:
    """The part of the canvas within `half` pixels of a point; never empty."""
    x, y = (int(value) for value in np.clip(point, 0, TILE - 1))
    reach = max(1, round(half))
    return canvas[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]


def outline(rng: Rng) -> Floats:
    """A random closed curve (N, 2) of radius about one: of harmonics, or with corners."""
    kind = rng.random()
    if kind < 0.3:
        curve = _harmonic(rng)
    elif kind < 0.45:
        return _unit(np.ones(len(TURNS)))
    elif kind < 0.65:
        curve = _rounded_box(rng)
    elif kind < 0.85:
        curve = _star(rng)
    else:
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 10))))
        curve = np.stack((np.cos(angles), np.sin(angles)), axis=1)
        curve = cv2.convexHull(np.asarray(curve, np.float32))[:, 0] - curve.mean(axis=0) * 0.5
    return np.asarray(curve @ _turn(float(rng.uniform(0, 2 * np.pi))))


def colour(rng: Rng) -> Floats:
    """A random colour (3,), now and then grey, black or white."""
    if rng.random() < 0.2:
        return np.full(3, rng.choice([0.0, 255.0, rng.uniform(0, 255)]))
    return rng.uniform(0, 255, 3)


def apart(under: Floats, need: float, rng: Rng) -> Floats:
    """A random colour (3,) at least about `need` of 255 away from another one."""
    found = np.concatenate(
        (rng.uniform(0, 255, (10, 3)), np.repeat(rng.uniform(0, 255, (2, 1)), 3, axis=1))
    )
    found = found[rng.permutation(len(found))]
    difference = np.abs(found - under)
    clear = (difference.max(axis=1) > need) & (difference @ BRIGHTNESS > 0.65 * need)
    if clear.any():
        return np.asarray(found[int(clear.argmax())])
    return np.full(3, 255.0 if under.mean() < 128 else 0.0)


def _harmonic(rng: Rng) -> Floats:
    orders = rng.integers(2, 12, 3)
    strengths = rng.uniform(0, 0.3, 3) / np.sqrt(orders)
    phases = rng.uniform(0, 2 * np.pi, 3)
    waves = np.cos(orders[:, None] * TURNS + phases[:, None])
    return _unit(1 + (strengths[:, None] * waves).sum(axis=0))


def _rounded_box(rng: Rng) -> Floats:
    power = 2 / rng.uniform(2, 9)
    cos, sin = np.cos(TURNS), np.sin(TURNS)
    curve = np.stack(
        (np.sign(cos) * np.abs(cos) ** power, np.sign(sin) * np.abs(sin) ** power), axis=1
    )
    curve *= (1.0, rng.uniform(0.6, 1.0))
    return np.asarray(curve / np.sqrt(np.hypot(*curve.T).max()))


def _star(rng: Rng) -> Floats:
    corners = int(rng.integers(3, 15))
    angles = np.arange(2 * corners) * np.pi / corners
    inner = rng.uniform(np.cos(np.pi / corners), 1.0) if rng.random() < 0.5 else rng.uniform(0.6, 1)
    reach = np.where(np.arange(2 * corners) % 2, inner, 1.0)
    return np.asarray(reach[:, None] * np.stack((np.cos(angles), np.sin(angles)), axis=1))


def _unit(reach: Floats) -> Floats:
    return np.asarray(reach[:, None] * np.stack((np.cos(TURNS), np.sin(TURNS)), axis=1))


def _turn(angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, sin], [-sin, cos]])
