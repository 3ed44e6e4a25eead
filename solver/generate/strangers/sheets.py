"""What the painters of strangers share: blank sheets, boxes and lines of words."""

from __future__ import annotations

import cv2
import numpy as np

from solver.generate import digits, stamps
from solver.generate.arrays import Canvas
from solver.generate.assets import Face, faces
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, hsv
from solver.generate.truth import TILE, TILES

WIDTH, HEIGHT = TILES * TILE, 2 * TILE

_SYLLABLES = ("or", "ta", "ne", "lum", "si", "qua", "ve", "ri", "don", "pel", "ma", "ke", "thu")


def sheet(rng: Rng, dark: bool = False) -> tuple[Canvas, Colour]:
    """A sheet of paper, or a dark screen, and the colour to write in."""
    hue = rng.random()
    paper = hsv(hue, 0.3, between(rng, 0.05, 0.2)) if dark else hsv(hue, 0.06, 0.97)
    canvas = np.empty((HEIGHT, WIDTH, 3), np.float32)
    canvas[:] = paper
    return canvas, hsv(hue, 0.2, 0.9 if dark else 0.15)


def colour(rng: Rng) -> Colour:
    """Any lively colour."""
    return hsv(rng.random(), between(rng, 0.4, 0.95), between(rng, 0.4, 0.95))


def face(rng: Rng) -> Face:
    """A face that is neither a hairline nor a display of digits alone."""
    return pick(rng, [known for known in faces("all") if not digits.thin(known, 3)])


def word(rng: Rng) -> str:
    """A made-up word."""
    return "".join(pick(rng, _SYLLABLES) for _ in range(int(rng.integers(1, 4))))


def figure(rng: Rng) -> str:
    """A made-up number."""
    value = int(rng.integers(0, 10 ** int(rng.integers(1, 6))))
    return f"{value / 100:.2f}" if maybe(rng, 0.4) else str(value)


def write(
    canvas: Canvas, written: str, type_: Face, height: float, ink: Colour, x: int, y: int
) -> int:
    """Write a line of text with its top left at (x, y); returns its width in px."""
    drawn = digits.words(type_, written, height).astype(np.float32) / 255
    stamps.lay(canvas, drawn, ink, x, y)
    return int(drawn.shape[1])


def box(canvas: Canvas, corners: tuple[int, int, int, int], ink: Colour, line: int = -1) -> None:
    """A box from x0, y0 to x1, y1, filled by default."""
    x0, y0, x1, y1 = corners
    cv2.rectangle(canvas, (x0, y0), (x1, y1), ink, line)
