"""Hints drawn at random, unlike the generator's, so that the hint's nets learn no one layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver.generate.icons import Icon, render, usable
from solver.nets.run import Floats
from solver.picture import Picture
from solver.solution import TILE, Box
from solver.train.degrade import Rng, degrade
from solver.train.glyphs import bent_digit
from solver.train.papers import decorate, paper, plate

#: Share of the hints where the icon stands right beside, over or under the digit.
BESIDE = 0.5

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
    canvas, ink = paper(rng)
    digit = int(rng.integers(1, 6))
    while True:
        glyph = bent_digit(digit, float(np.exp(rng.uniform(np.log(12), np.log(115)))), rng)
        size = float(np.exp(rng.uniform(np.log(24), np.log(125))))
        icon = _icon(pool, size, rng)
        places = _places(glyph.shape, icon.shape, rng)
        if places is not None and glyph.shape[1] >= 3:
            break
    digit_box, icon_box = places
    decorate(canvas, places, ink, rng)
    _print(canvas, glyph, digit_box, icon_box, ink, rng)
    _print(canvas, icon, icon_box, digit_box, ink, rng, 0.07)
    picture = np.clip(canvas, 0, 255).astype(np.uint8)
    return HintScene(degrade(picture, rng), digit, digit_box, icon_box, size)


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


def _print(
    canvas: Floats,
    mask: Floats,
    box: Box,
    other: Box,
    ink: Floats,
    rng: Rng,
    on_plate: float = 0.22,
) -> None:
    """Print a mask, now and then on a plate of its own, in another colour or with a shadow."""
    room = max(_gap(box, other), _gap(other, box))
    if rng.random() < on_plate and room > 0.5 * max(box.width, box.height):
        ink = plate(canvas, box, ink, rng)
    elif rng.random() < 0.1:
        ink = ink + np.float32(rng.normal(0, 40, 3))
    if rng.random() < 0.06:
        shift = Box(box.x + 2, box.y + 2, box.width, box.height)
        _ink(canvas, mask * np.float32(rng.uniform(0.3, 0.6)), shift, ink)
    _ink(canvas, mask, box, ink)


def _ink(canvas: Floats, mask: Floats, box: Box, colour: Floats) -> None:
    top, left = int(box.y), int(box.x)
    part = canvas[top : top + mask.shape[0], left : left + mask.shape[1]]
    seen = mask[: part.shape[0], : part.shape[1], None]
    part += (np.asarray(colour, np.float32) - part) * seen
