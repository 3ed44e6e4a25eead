"""Views of single icons, as hints show them and as tiles do, to train the encoder on."""

from __future__ import annotations

import cv2
import numpy as np

from solver.crops import MARGIN
from solver.generate.icons import Icon, render
from solver.nets.run import Floats
from solver.nets.shapes import CROP
from solver.picture import Picture
from solver.train.degrade import Rng, degrade

#: Sides in pixels of an icon's square in a tile, and in a hint.
TILE_SIZES = (13.0, 42.0)
HINT_SIZES = (36.0, 120.0)


def hint_view(icon: Icon, rng: Rng) -> Picture:
    """The icon upright in black and white, as found in a hint: (64, 64, 3) uint8."""
    size = rng.uniform(*HINT_SIZES)
    side = round(MARGIN * size * rng.uniform(0.9, 1.14))
    mask = _drawn(icon, size, rng.uniform(-3, 3), side, 0.04, rng)
    dark, light = sorted(rng.uniform(0, 255, 2)) if rng.random() < 0.15 else (0.0, 255.0)
    paper, ink = (light, dark) if rng.random() < 0.6 else (dark, light)
    if abs(light - dark) < 60:
        paper, ink = 255.0, 0.0
    grey = np.full((side, side), paper, np.float32)
    if rng.random() < 0.2:
        grey += rng.uniform(-25, 25) * np.linspace(-1, 1, side, dtype=np.float32)[:, None]
    if rng.random() < 0.4:
        _surround(grey, size, ink, rng)
    grey += (ink - grey) * mask
    view = np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    return _sized(degrade(view, rng) if rng.random() < 0.6 else view)


def _surround(grey: Floats, size: float, ink: float, rng: Rng) -> None:
    """What may stand around the icon in a hint: a frame, a rule, a part of the digit."""
    side = grey.shape[0]
    middle, reach = side / 2, rng.uniform(0.6, 0.8) * size
    width = int(rng.integers(1, max(2, round(0.06 * size))))
    if rng.random() < 0.3:
        low, high = round(middle - reach), round(middle + reach)
        cv2.rectangle(grey, (low, low), (high, high), ink, width)
    elif rng.random() < 0.3:
        cv2.circle(grey, (round(middle), round(middle)), round(reach), ink, width, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 3))):
        turn = rng.uniform(0, 2 * np.pi)
        x, y = middle + rng.uniform(0.66, 0.95) * size * np.array([np.cos(turn), np.sin(turn)])
        points = np.array([x, y]) + rng.normal(0, 0.12, (int(rng.integers(2, 6)), 2)) * size
        away = np.hypot(*(points - middle).T) > 0.6 * size
        cv2.polylines(grey, [points[away].astype(np.int32)], False, ink, 2 * width, cv2.LINE_AA)


def tile_view(icon: Icon, rng: Rng) -> Picture:
    """The icon turned, recoloured and small on a badge, as found in a tile: (64, 64, 3) uint8."""
    size = rng.uniform(*TILE_SIZES)
    side = max(12, round(MARGIN * size * rng.uniform(0.82, 1.25)))
    view = _background(side, rng)
    _neighbours(view, size, rng)
    under = _badge(view, size, rng)
    mask = _drawn(icon, size, rng.uniform(0, 360), side, 0.06, rng)
    if rng.random() < 0.15:
        shadow = np.roll(mask, rng.integers(-2, 3, 2), axis=(0, 1))[:, :, None] * rng.uniform(
            0.2, 0.6
        )
        view *= 1 - shadow
    if rng.random() < 0.25:
        under = _rim(view, mask, size, under, rng)
    if rng.random() < 0.08:
        mask = _outline(mask, size, rng)
    opacity = rng.uniform(0.75, 1.0)
    view += (_paint(side, under, rng) - view) * (mask[:, :, None] * opacity)
    small = np.clip(view, 0, 255).astype(np.uint8)
    if rng.random() < 0.07:
        small = _cut_off(small, rng)
    return _sized(degrade(small, rng))


def _rim(view: Floats, mask: Floats, size: float, under: Floats, rng: Rng) -> Floats:
    """Draw a border of another colour around the icon; returns that colour (3,)."""
    width = 2 * max(1, round(size * rng.uniform(0.03, 0.1))) + 1
    grown = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    colour = contrasting(under, rng)
    view += (colour - view) * grown[:, :, None]
    return colour


def _outline(mask: Floats, size: float, rng: Rng) -> Floats:
    """The icon's edge alone."""
    width = 2 * max(1, round(size * rng.uniform(0.03, 0.06))) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, kernel), np.float32)


def _paint(side: int, under: Floats, rng: Rng) -> Floats:
    """What fills the icon: one colour, (3,), or two that blend across it, (side, side, 3)."""
    colour = contrasting(under, rng)
    if rng.random() < 0.8:
        return colour
    turn = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:side, :side].astype(np.float32) / side - 0.5
    part = np.clip((x * np.cos(turn) + y * np.sin(turn)) * rng.uniform(1, 8) + 0.5, 0, 1)
    return np.asarray(colour + (contrasting(under, rng) - colour) * part[:, :, None], np.float32)


def _drawn(icon: Icon, size: float, angle: float, side: int, jitter: float, rng: Rng) -> Floats:
    shift = rng.normal(0, jitter * size, 2) * 0.7
    mask = render(icon, size, angle, side, (float(shift[0]), float(shift[1])))
    return mask.astype(np.float32) / 255.0


def _background(side: int, rng: Rng) -> Floats:
    colour = rng.uniform(0, 255, 3).astype(np.float32)
    view = np.broadcast_to(colour, (side, side, 3)).copy()
    if rng.random() < 0.4:
        other = rng.uniform(-70, 70, (4, 4, 3)).astype(np.float32)
        view += cv2.resize(other, (side, side), interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.4:
        _line(view, rng)
    return view


def _line(view: Floats, rng: Rng) -> None:
    side = view.shape[0]
    radius = rng.uniform(0.8, 5) * side
    turn = rng.uniform(0, 2 * np.pi)
    offset = radius + rng.normal(0, 0.15) * side
    centre = (int(side / 2 + offset * np.cos(turn)), int(side / 2 + offset * np.sin(turn)))
    colour = rng.uniform(0, 255, 3).tolist()
    cv2.circle(view, centre, int(radius), colour, int(rng.integers(1, 4)), cv2.LINE_AA)


def _neighbours(view: Floats, size: float, rng: Rng) -> None:
    side = view.shape[0]
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        turn, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.95, 1.6) * size
        centre = side / 2 + reach * np.array([np.cos(turn), np.sin(turn)])
        shape = rng.integers(3, 9)
        _polygon(view, centre, rng.uniform(0.25, 0.7) * size, int(shape), rng)


def _badge(view: Floats, size: float, rng: Rng) -> Floats:
    """Draw a random badge in the middle; returns the colour (3,) that the icon stands on."""
    middle = view.shape[0] / 2 + rng.normal(0, 0.03, 2) * size
    kind = rng.random()
    if kind < 0.3:
        return np.asarray(view[view.shape[0] // 2, view.shape[0] // 2])
    reach = rng.uniform(0.6, 0.95) * size
    if kind < 0.55:
        colour = rng.uniform(0, 255, 3)
        thickness = int(rng.integers(1, 4))
        place = (round(float(middle[0])), round(float(middle[1])))
        cv2.circle(view, place, round(reach), colour.tolist(), thickness, cv2.LINE_AA)
        return np.asarray(view[view.shape[0] // 2, view.shape[0] // 2])
    corners = 32 if kind < 0.75 else int(rng.integers(3, 9))
    grow = 1.0 if corners == 32 else 1 / np.cos(np.pi / corners) ** 0.7
    return _polygon(view, middle, reach * grow, corners, rng)


def _polygon(view: Floats, centre: Floats, reach: float, corners: int, rng: Rng) -> Floats:
    colour = rng.uniform(0, 255, 3)
    turn = rng.uniform(0, 2 * np.pi) + np.arange(corners) * 2 * np.pi / corners
    inner = rng.uniform(0.75, 1.0, 2) if corners % 2 == 0 and corners < 32 else np.ones(2)
    reaches = reach * np.resize(inner, corners) if rng.random() < 0.3 else np.full(corners, reach)
    points = centre + reaches[:, None] * np.stack((np.cos(turn), np.sin(turn)), axis=1)
    fixed = np.round(points * 16).astype(np.int32)
    cv2.fillPoly(view, [fixed], colour.tolist(), cv2.LINE_AA, 4)
    if rng.random() < 0.3:
        edge = rng.uniform(0, 255, 3).tolist()
        cv2.polylines(view, [fixed], True, edge, int(rng.integers(1, 3)), cv2.LINE_AA, 4)
    return np.asarray(colour, np.float32)


def contrasting(under: Floats, rng: Rng) -> Floats:
    """A random colour (3,) that can be told from another one."""
    for _ in range(20):
        colour = (
            rng.choice([0.0, 255.0]) * np.ones(3) if rng.random() < 0.3 else rng.uniform(0, 255, 3)
        )
        difference = np.abs(colour - under)
        if difference.max() > 70 and difference.mean() > 40:
            return np.asarray(colour, np.float32)
    return np.full(3, 255.0 if under.mean() < 128 else 0.0, np.float32)


def _cut_off(view: Picture, rng: Rng) -> Picture:
    side = view.shape[0]
    edge = int(rng.uniform(0.05, 0.22) * side)
    cut = np.pad(view[edge:], ((edge, 0), (0, 0), (0, 0)), mode="edge")
    return np.ascontiguousarray(np.rot90(cut, int(rng.integers(4))))


def _sized(view: Picture) -> Picture:
    method = cv2.INTER_AREA if view.shape[0] > CROP else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(view, (CROP, CROP), interpolation=method), np.uint8)
