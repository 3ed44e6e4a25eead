"""Digits of hints as training never draws them.

Each look takes the digit's mask and the digit, and returns a mask with whatever stands around it
and the box of the digit's own ink: x, y, width, height in px of that mask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import cv2
import numpy as np

from solver.generate import glyphs
from solver.generate.arrays import Alpha, Mask
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.stamps import soft

Ink = tuple[float, float, float, float]
Numeral: TypeAlias = Callable[[Rng, Mask, int], tuple[Mask, Ink]]
#: Signed distance of a frame from x and y and about half its side, px.
_Edge: TypeAlias = Callable[[Alpha, Alpha, float], Alpha]

#: Segments of a display that are lit, top to bottom and left to right: a, f, b, g, e, c, d.
_LIT = {1: "bc", 2: "abged", 3: "abgcd", 4: "fgbc", 5: "afgcd"}
#: Ends of the segments on a grid one wide and two high.
_SEGMENTS = {
    "a": (0, 0, 1, 0), "f": (0, 0, 0, 1), "b": (1, 0, 1, 1), "g": (0, 1, 1, 1),
    "e": (0, 1, 0, 2), "c": (1, 1, 1, 2), "d": (0, 2, 1, 2),
}  # fmt: skip
#: Rows of a dot matrix, five wide.
_DOTS = {
    1: "00100 01100 00100 00100 00100 00100 01110",
    2: "01110 10001 00001 00110 01000 10000 11111",
    3: "11110 00001 00001 01110 00001 00001 11110",
    4: "00010 00110 01010 10010 11111 00010 00010",
    5: "11111 10000 11110 00001 00001 10001 01110",
}


def _whole(mask: Mask) -> Ink:
    return (0.0, 0.0, float(mask.shape[1]), float(mask.shape[0]))


def _framed(glyph: Mask, edge: _Edge, filled: bool) -> tuple[Mask, Ink]:
    """The digit in the middle of a frame, cut out of it when it is filled."""
    high, wide = glyph.shape
    half = np.hypot(high, wide) / 2 + 6
    side = 2 * int(np.ceil(half + 2)) + 1
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32) - side // 2
    away = edge(xs, ys, half)
    frame = soft(away) if filled else soft(np.abs(away + 1.5) - np.float32(1.3))
    left, top = (side - wide) // 2, (side - high) // 2
    view = frame[top : top + high, left : left + wide]
    part = glyph.astype(np.float32) / 255
    view[:] = view * (1 - part) if filled else np.maximum(view, part)
    return (frame * 255).astype(np.uint8), (float(left), float(top), float(wide), float(high))


def _circle(xs: Alpha, ys: Alpha, half: float) -> Alpha:
    away: Alpha = np.hypot(xs, ys) - np.float32(half)
    return away


def _square(xs: Alpha, ys: Alpha, half: float) -> Alpha:
    away: Alpha = np.maximum(np.abs(xs), np.abs(ys)) - np.float32(half * 0.86)
    return away


def _hexagon(xs: Alpha, ys: Alpha, half: float) -> Alpha:
    slant = np.abs(xs) * np.float32(0.866) + np.abs(ys) * np.float32(0.5)
    away: Alpha = np.maximum(slant, np.abs(ys)) - np.float32(half * 0.95)
    return away


def _in(edge: _Edge, filled: bool) -> Numeral:
    return lambda rng, glyph, digit: _framed(glyph, edge, filled)


def _tilted(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
    turn = between(rng, 6, 15) * (1 if maybe(rng, 0.5) else -1)
    side = int(np.hypot(*glyph.shape)) + 4
    move = cv2.getRotationMatrix2D((glyph.shape[1] / 2, glyph.shape[0] / 2), turn, 1.0)
    move[:, 2] += (side - glyph.shape[1]) / 2, (side - glyph.shape[0]) / 2
    turned = glyphs.cropped(cv2.warpAffine(glyph, move, (side, side)).astype(np.uint8))
    return turned, _whole(turned)


def _outlined(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
    """The outline around the digit; its inside is paper."""
    padded = np.pad(glyph, 4)
    around = cv2.dilate(padded, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    line = glyphs.cropped(cv2.subtract(around, padded).astype(np.uint8))
    return line, _whole(line)


def _shadowed(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
    off = int(rng.integers(3, 7))
    fallen = (np.pad(glyph, ((off, 0), (off, 0))) * np.float32(0.4)).astype(np.uint8)
    front = np.pad(glyph, ((0, off), (0, off)))
    return np.maximum(front, fallen), _whole(glyph)


def _stencil(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
    """Cut through by narrow bridges."""
    cut = glyph.copy()
    high, wide = glyph.shape
    gap = max(round(high * 0.06), 2)
    if wide > high * 0.35:
        cut[:, wide // 2 - gap // 2 : wide // 2 - gap // 2 + gap] = 0
    else:
        cut[high // 2 : high // 2 + gap] = 0
    return cut, _whole(cut)


def _segments(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
    """As on a seven-segment display."""
    high = glyph.shape[0]
    half = high * between(rng, 0.45, 0.5)
    wide, thick = int(half), max(round(high * between(rng, 0.09, 0.14)), 3)
    mask = np.zeros((high + 2 * thick, wide + 2 * thick), np.uint8)
    for name in _LIT[digit]:
        x0, y0, x1, y1 = _SEGMENTS[name]
        gap = 0.14
        xs = [thick + wide * (x + gap * (x1 - x0) * s) for x, s in ((x0, 1), (x1, -1))]
        ys = [thick + half * (y + gap * (y1 - y0) * s) for y, s in ((y0, 1), (y1, -1))]
        ends = [(round(x), round(y)) for x, y in zip(xs, ys, strict=True)]
        cv2.line(mask, ends[0], ends[1], (255,), thick, cv2.LINE_AA)
    mask = glyphs.cropped(mask)
    return mask, _whole(mask)


def _dotted(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
    """As on a dot-matrix display."""
    step = max(glyph.shape[0] / 7, 6.0)
    mask = np.zeros((int(7 * step) + 2, int(5 * step) + 2), np.uint8)
    radius = round(step * between(rng, 0.38, 0.5) * 8)
    for row, line in enumerate(_DOTS[digit].split()):
        for column, dot in enumerate(line):
            if dot == "1":
                at = (round((column + 0.5) * step * 8), round((row + 0.5) * step * 8))
                cv2.circle(mask, at, radius, (255,), -1, cv2.LINE_AA, 3)
    mask = glyphs.cropped(mask)
    return mask, _whole(mask)


def _hatched(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
    """A dark edge around an inside of stripes."""
    ys, xs = np.mgrid[0 : glyph.shape[0], 0 : glyph.shape[1]]
    slant = xs + ys if maybe(rng, 0.5) else xs - ys
    inside = cv2.erode(glyph, np.ones((5, 5), np.uint8)).astype(np.uint8)
    mask = np.where(slant // pick(rng, (2, 3)) % 2 == 0, glyph, cv2.subtract(glyph, inside))
    return mask.astype(np.uint8), _whole(glyph)


def plain(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
    """The digit as its face has it; no look of its own, but what others are compared with."""
    return glyph, _whole(glyph)


def _sturdy(numeral: Numeral) -> Numeral:
    """A look that thickens hairlines first: what it cuts or hatches would leave nothing of them."""

    def thickened(rng: Rng, glyph: Mask, digit: int) -> tuple[Mask, Ink]:
        if glyph.mean() < 0.16 * 255:
            glyph = cv2.dilate(glyph, np.ones((3, 3), np.uint8)).astype(np.uint8)
        return numeral(rng, glyph, digit)

    return thickened


_LOOKS: Mapping[str, Numeral] = {
    "in-disc": _in(_circle, True),
    "in-circle": _in(_circle, False),
    "in-block": _in(_square, True),
    "in-square": _in(_square, False),
    "in-hexagon": _in(_hexagon, True),
    "tilted": _tilted,
    "outlined": _outlined,
    "shadowed": _shadowed,
    "stencil": _stencil,
    "segments": _segments,
    "dotted": _dotted,
    "hatched": _hatched,
}
KINDS: Mapping[str, Numeral] = {name: _sturdy(look) for name, look in _LOOKS.items()}
