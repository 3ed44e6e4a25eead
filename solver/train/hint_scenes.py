"""Hints drawn at random, unlike the generator's, so that the hint's nets learn no one layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from solver.generate.icons import Icon, render, usable
from solver.nets.run import Floats
from solver.picture import Picture
from solver.solution import TILE, Box
from solver.train.degrade import Rng, degrade
from solver.train.glyphs import bent_digit

#: Share of the hints where the icon stands right beside, over or under the digit.
BESIDE = 0.6

#: Least distance in pixels between digit and icon.
APART = 2


@dataclass(frozen=True, slots=True)
class HintScene:
    """A hint and what is true of it, in pixels of the 200 x 200 picture.

    `icon_size` is the side of the icon's square, as the generator defines it.
    """

    picture: Picture
    digit: int
    digit_box: Box
    icon_box: Box
    icon_size: float


def hint_scene(pool: Sequence[Icon], rng: Rng) -> HintScene:
    """Draw a digit and an icon without overlap on some paper, then damage the picture."""
    canvas, ink = _paper(rng)
    digit = int(rng.integers(1, 6))
    while True:
        glyph = bent_digit(digit, float(np.exp(rng.uniform(np.log(12), np.log(115)))), rng)
        size = float(np.exp(rng.uniform(np.log(24), np.log(125))))
        icon = _icon(pool, size, rng)
        places = _places(glyph.shape, icon.shape, rng)
        if places is not None and glyph.shape[1] >= 3:
            break
    digit_box, icon_box = places
    _decorate(canvas, digit_box, icon_box, ink, rng)
    _ink(canvas, glyph, digit_box, ink if rng.random() < 0.8 else rng.uniform(0, 255, 3))
    _ink(canvas, icon, icon_box, ink)
    picture = np.clip(canvas, 0, 255).astype(np.uint8)
    return HintScene(degrade(picture, rng), digit, digit_box, icon_box, size)


def _paper(rng: Rng) -> tuple[Floats, Floats]:
    kind = rng.random()
    if kind < 0.65:
        paper, ink = (255.0, 0.0) if rng.random() < 0.65 else (0.0, 255.0)
        colours = np.full((2, 3), [[paper], [ink]])
    else:
        colours = rng.uniform(0, 255, (2, 3))
        while abs(np.diff(colours.mean(axis=1))) < 90:
            colours = rng.uniform(0, 255, (2, 3))
    canvas = np.broadcast_to(colours[0].astype(np.float32), (TILE, TILE, 3)).copy()
    if rng.random() < 0.25:
        waves = rng.normal(0, 14, (6, 6, 1 if rng.random() < 0.5 else 3)).astype(np.float32)
        canvas += cv2.resize(waves, (TILE, TILE), interpolation=cv2.INTER_CUBIC).reshape(
            TILE, TILE, -1
        )
    if rng.random() < 0.25:
        canvas[:, int(rng.uniform(0.55, 0.98) * TILE) :] = rng.choice([0, 255])
    return canvas, colours[1].astype(np.float32)


def _icon(pool: Sequence[Icon], size: float, rng: Rng) -> Floats:
    icon = pool[int(rng.integers(len(pool)))]
    while not usable(icon):
        icon = pool[int(rng.integers(len(pool)))]
    mask = render(icon, size, float(rng.normal(0, 2))).astype(np.float32) / 255.0
    rows, columns = np.nonzero(mask.max(axis=1) > 0.15)[0], np.nonzero(mask.max(axis=0) > 0.15)[0]
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _places(digit: tuple[int, ...], icon: tuple[int, ...], rng: Rng) -> tuple[Box, Box] | None:
    beside = rng.random() < BESIDE
    for _ in range(30):
        first = _somewhere(digit, rng)
        second = _next_to(first, icon, rng) if first and beside else _somewhere(icon, rng)
        if first is None or second is None:
            return None
        if max(_gap(first, second), _gap(second, first)) >= APART:
            return first, second
    return None


def _gap(first: Box, second: Box) -> float:
    """How far the second box lies right of or below the first one."""
    return max(second.x - first.x - first.width, second.y - first.y - first.height)


def _next_to(box: Box, shape: tuple[int, ...], rng: Rng) -> Box | None:
    height, width = shape
    gap = float(rng.integers(APART, 26))
    x, y = (middle - side / 2 for middle, side in zip(box.centre, (width, height), strict=True))
    x, y = x + float(rng.normal(0, 5)), y + float(rng.normal(0, 5))
    side = int(rng.integers(4))
    if side < 2:
        x = box.x + box.width + gap if side == 0 else box.x - gap - width
    else:
        y = box.y + box.height + gap if side == 2 else box.y - gap - height
    inside = min(x, y) >= 1 and x + width < TILE and y + height < TILE
    return Box(round(x), round(y), float(width), float(height)) if inside else None


def _somewhere(shape: tuple[int, ...], rng: Rng) -> Box | None:
    height, width = shape
    if max(height, width) > TILE - 4:
        return None
    x, y = rng.integers(1, TILE - width), rng.integers(1, TILE - height)
    return Box(float(x), float(y), float(width), float(height))


def _decorate(canvas: Floats, digit: Box, icon: Box, ink: Floats, rng: Rng) -> None:
    """Frames, rules and bars that stand in some hints and mean nothing."""
    if rng.random() < 0.15:
        edge = int(rng.integers(0, 8))
        _frame(canvas, Box(edge, edge, TILE - 2 * edge, TILE - 2 * edge), ink, rng)
    for box in (digit, icon):
        if rng.random() < 0.15:
            _surround(canvas, box, ink, rng)
    if rng.random() < 0.12:
        at = int(rng.integers(TILE))
        ends = ((at, 0), (at, TILE)) if rng.random() < 0.5 else ((0, at), (TILE, at))
        cv2.line(canvas, *ends, ink.tolist(), int(rng.integers(1, 3)), cv2.LINE_AA)


def _surround(canvas: Floats, box: Box, ink: Floats, rng: Rng) -> None:
    pad = float(rng.uniform(3, 10))
    longest = max(box.width, box.height)
    if rng.random() < 0.35:
        middle = tuple(round(value) for value in box.centre)
        radius = round(longest * 0.6 + pad)
        cv2.circle(canvas, middle, radius, ink.tolist(), int(rng.integers(1, 4)), cv2.LINE_AA)
        return
    if rng.random() < 0.3:
        x, y = (value - longest / 2 for value in box.centre)
        box = Box(x, y, longest, longest)
    grown = Box(box.x - pad, box.y - pad, box.width + 2 * pad, box.height + 2 * pad)
    _frame(canvas, grown, ink, rng)


def _frame(canvas: Floats, box: Box, ink: Floats, rng: Rng) -> None:
    corners = (round(box.x), round(box.y)), (round(box.x + box.width), round(box.y + box.height))
    cv2.rectangle(canvas, *corners, ink.tolist(), int(rng.integers(1, 4)))


def _ink(canvas: Floats, mask: Floats, box: Box, colour: Floats) -> None:
    top, left = int(box.y), int(box.x)
    part = canvas[top : top + mask.shape[0], left : left + mask.shape[1]]
    part += (np.asarray(colour, np.float32) - part) * mask[:, :, None]
