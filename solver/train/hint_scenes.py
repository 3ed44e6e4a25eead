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
from solver.train.papers import decorate, paper
from solver.train.plates import outline, set_in

#: Share of the hints where the icon stands right beside, over or under the digit.
BESIDE = 0.5

#: Least distance in pixels between digit and icon.
APART = 2

#: Share of the digits, and of the icons, that stand in a plate or frame of their own.
DIGITS_SET, ICONS_SET = 0.3, 0.1

#: How much the brightness of the paper under a digit or an icon may vary, and how far from it,
#: of 255, an ink must be at least.
CALM, CONTRAST = 40.0, 80.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A digit's or an icon's mask (h, w) in 0..1, and the outline (N, 2) of what it is set in.

    The outline is in pixels from the mask's middle; None is no plate and no frame.
    """

    mask: Floats
    outline: Floats | None

    @property
    def room(self) -> tuple[int, int]:
        """Height and width in pixels of the figure with its plate around the mask's middle."""
        height, width = self.mask.shape
        if self.outline is None:
            return height, width
        x, y = np.ceil(np.abs(self.outline).max(axis=0)).astype(int) * 2 + 2
        return max(height, int(y)), max(width, int(x))

    def box(self, room: Box) -> Box:
        """The mask's box within the room that the figure was given."""
        height, width = self.mask.shape
        x, y = room.x + (room.width - width) // 2, room.y + (room.height - height) // 2
        return Box(x, y, float(width), float(height))


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
    number = int(rng.integers(1, 6))
    while True:
        canvas, ink = paper(rng)
        height = float(np.exp(rng.uniform(np.log(12), np.log(115))))
        size = float(np.exp(rng.uniform(np.log(24), np.log(125))))
        digit = _figure(bent_digit(number, height, rng), DIGITS_SET, rng)
        icon = _figure(_icon(pool, size, rng), ICONS_SET, rng)
        rooms = _places(digit.room, icon.room, rng)
        if rooms is not None and digit.mask.shape[1] >= 3 and _calm(canvas, rooms):
            break
    boxes = digit.box(rooms[0]), icon.box(rooms[1])
    decorate(canvas, boxes, ink, rng)
    for figure, box in zip((digit, icon), boxes, strict=True):
        _print(canvas, figure, box, ink, rng)
    picture = np.clip(canvas, 0, 255).astype(np.uint8)
    return HintScene(degrade(picture, rng), number, *boxes, size)


def _figure(mask: Floats, share: float, rng: Rng) -> Figure:
    return Figure(mask, outline(mask.shape, rng) if rng.random() < share else None)


def _calm(canvas: Floats, rooms: tuple[Box, Box]) -> bool:
    """Whether the paper under both is even enough to be printed on with one ink."""
    parts = [canvas[int(r.y) : int(r.y + r.height), int(r.x) : int(r.x + r.width)] for r in rooms]
    return all(float(part.mean(axis=2).std()) < CALM for part in parts)


def _icon(pool: Sequence[Icon], size: float, rng: Rng) -> Floats:
    icon = pool[int(rng.integers(len(pool)))]
    while not usable(icon):
        icon = pool[int(rng.integers(len(pool)))]
    mask = render(icon, size, float(rng.normal(0, 2))).astype(np.float32) / 255.0
    rows, columns = np.nonzero(mask.max(axis=1) > 0.15)[0], np.nonzero(mask.max(axis=0) > 0.15)[0]
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _places(digit: tuple[int, int], icon: tuple[int, int], rng: Rng) -> tuple[Box, Box] | None:
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


def _next_to(box: Box, shape: tuple[int, int], rng: Rng) -> Box | None:
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


def _somewhere(shape: tuple[int, int], rng: Rng) -> Box | None:
    height, width = shape
    if max(height, width) > TILE - 4:
        return None
    x, y = rng.integers(1, TILE - width), rng.integers(1, TILE - height)
    return Box(float(x), float(y), float(width), float(height))


def _print(canvas: Floats, figure: Figure, box: Box, ink: Floats, rng: Rng) -> None:
    """Print a figure so that it can be read: set in something, in another colour, with a shadow."""
    ground = _under(canvas, box)
    if figure.outline is not None:
        set_in(canvas, np.asarray(box.centre) + figure.outline, ink, ground, rng)
    elif rng.random() < 0.1:
        ink = ink + np.float32(rng.normal(0, 40, 3))
    under = _under(canvas, box)
    if abs(float(np.mean(ink - under))) < CONTRAST:
        ink = _readable(under, ground, rng)
    if rng.random() < 0.1:
        x, y = rng.integers(-6, 7, 2)
        shadow = Box(box.x + x, box.y + y, box.width, box.height)
        _ink(canvas, figure.mask * np.float32(rng.uniform(0.2, 0.5)), shadow, ink)
    _ink(canvas, figure.mask, box, ink)


def _under(canvas: Floats, box: Box) -> Floats:
    """The colour (3,) in the middle of a box."""
    x, y = (int(value) for value in box.centre)
    return np.asarray(canvas[y - 1 : y + 2, x - 1 : x + 2].mean(axis=(0, 1)), np.float32)


def _readable(under: Floats, ground: Floats, rng: Rng) -> Floats:
    """An ink (3,) for what stands on `under`: the paper's own colour, or black or white."""
    if abs(float(np.mean(ground - under))) >= CONTRAST and rng.random() < 0.6:
        return ground
    return np.full(3, 0.0 if float(np.mean(under)) > 127 else 255.0, np.float32)


def _ink(canvas: Floats, mask: Floats, box: Box, colour: Floats) -> None:
    """Lay a colour over the canvas by a mask, clipped to the canvas."""
    top, left = max(0, int(box.y)), max(0, int(box.x))
    seen = mask[top - int(box.y) :, left - int(box.x) :, None]
    part = canvas[top : top + seen.shape[0], left : left + seen.shape[1]]
    part += (np.asarray(colour, np.float32) - part) * seen[: part.shape[0], : part.shape[1]]
