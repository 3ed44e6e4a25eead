"""The hint: a digit and the asked icon in black and white, at the bottom left."""

from __future__ import annotations

import cv2
import numpy as np

from solver.generate import digits, glyphs, icons, stamps
from solver.generate.arrays import Canvas, Mask
from solver.generate.assets import Face
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, Scheme
from solver.generate.icons import REACH, Icon
from solver.generate.levels import Level
from solver.generate.truth import TILE, TILES, Box

Spot = tuple[float, float]


def paint(
    rng: Rng, level: Level, scheme: Scheme, icon: Icon, digit: int, face: Face
) -> tuple[Canvas, Box, Box, dict[str, str]]:
    """Paint the bottom row.

    Returns it, (200, 1000, 3) float32 RGB, the boxes of the digit's ink and of the icon's ink in px
    of the whole picture, and style names.
    """
    dark = maybe(rng, 0.45)
    softer = 0.0 if level.name == "easy" else between(rng, 0, 40) * maybe(rng, 0.4)
    white, black = (255.0 - softer,) * 3, (softer,) * 3
    paper, ink = (black, white) if dark else (white, black)
    row = np.empty((TILE, TILES * TILE, 3), np.float32)
    row[:] = _blank(rng, scheme, paper)
    width = TILE if maybe(rng, 0.6) else int(rng.integers(130, TILE))
    row[:, :width] = paper
    arrangement = pick(rng, ("left", "right", "above", "below"), (4, 3, 2.5, 1.5))
    height = between(rng, 60 if digits.thin(face, digit) else 26, 92)
    stretch = between(rng, 0.82, 1.25) if maybe(rng, 0.3) else 1.0
    number = digits.render(face, digit, height, stretch)
    size = between(rng, 34, 92) / (2 * REACH)
    tilt = between(rng, -12, 12) if level.name != "easy" and maybe(rng, 0.1) else 0.0
    drawn = glyphs.cropped(icons.render(icon, size, tilt))
    number, drawn, spots = arranged(rng, number, drawn, arrangement, width)
    boxes = []
    for mask, (x, y) in zip((number, drawn), spots, strict=True):
        stamps.lay(row, mask.astype(np.float32) / 255, ink, int(x), int(y))
        boxes.append(Box(float(x), float(y + TILE), float(mask.shape[1]), float(mask.shape[0])))
    frame = _boxed(rng, row, width, boxes, ink)
    styles = {"hint": "white on black" if dark else "black on white", "digit": arrangement,
              "numeral": "plain", "frame": frame}  # fmt: skip
    return row, boxes[0], boxes[1], styles


def _blank(rng: Rng, scheme: Scheme, paper: Colour) -> Colour:
    grey = between(rng, 0, 255)
    options = (paper, (255.0,) * 3, (0.0,) * 3, (grey,) * 3, scheme.ground[0])
    return pick(rng, options, (3, 2, 2, 1.5, 1.5))


def arranged(
    rng: Rng, number: Mask, drawn: Mask, arrangement: str, width: int, height: int = TILE
) -> tuple[Mask, Mask, tuple[Spot, Spot]]:
    """Fit digit and icon side by side, or one above the other; shrunk together when too large."""
    beside = arrangement in ("left", "right")
    gap, margin = int(between(rng, 6, 34)), int(between(rng, 6, 14))
    first, second = (number, drawn) if arrangement in ("left", "above") else (drawn, number)
    axis = 1 if beside else 0
    room = (width if beside else height) - 2 * margin - gap
    fit = min(1.0, room / (first.shape[axis] + second.shape[axis]))
    fit = min(fit, (width - 2 * margin) / max(first.shape[1], second.shape[1]))
    fit = min(fit, (height - 2 * margin) / max(first.shape[0], second.shape[0]))
    if fit < 1:
        first, second = shrunk(first, fit), shrunk(second, fit)
    long = first.shape[axis] + gap + second.shape[axis]
    start = margin + int(
        rng.integers(max((width if beside else height) - 2 * margin - long, 0) + 1)
    )
    across = height if beside else width
    thick = max(first.shape[1 - axis], second.shape[1 - axis])
    middle = int(
        rng.integers(
            margin + thick // 2, max(across - margin - thick // 2, margin + thick // 2) + 1
        )
    )
    spots = []
    for mask in (first, second):
        aside = min(max(middle - mask.shape[1 - axis] // 2, 1), across - mask.shape[1 - axis] - 1)
        spots.append((start, aside) if beside else (aside, start))
        start += mask.shape[axis] + gap
    if first is number or arrangement in ("left", "above"):
        return first, second, (spots[0], spots[1])
    return second, first, (spots[1], spots[0])


def shrunk(mask: Mask, fit: float) -> Mask:
    """The mask at `fit` of its size, 3 px at least."""
    size = (max(int(mask.shape[1] * fit), 3), max(int(mask.shape[0] * fit), 3))
    return cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def _boxed(rng: Rng, row: Canvas, width: int, boxes: list[Box], ink: Colour) -> str:
    """Now and then a line around the hint, or around digit and icon each."""
    frame = pick(rng, ("none", "hint", "each"), (6, 3, 1))
    line = int(rng.integers(1, 4))
    if frame == "hint":
        inset = int(rng.integers(0, 3))
        cv2.rectangle(row, (inset, inset), (width - 1 - inset, TILE - 1 - inset), ink, line)
    if frame == "each":
        for box in boxes:
            x0, y0 = int(box.x) - 3 - line, int(box.y) - TILE - 3 - line
            x1, y1 = int(box.x + box.width) + 2 + line, int(box.y + box.height) - TILE + 2 + line
            cv2.rectangle(row, (x0, y0), (x1, y1), ink, line)
    return frame
