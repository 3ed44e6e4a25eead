"""Glyphs of fonts as masks."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from solver.generate.arrays import Mask

#: Coverage from which a pixel counts as ink.
_INK = 24


def mask(font: ImageFont.FreeTypeFont, text: str) -> Mask:
    """The coverage of a text in its bounding box; empty when the font draws nothing."""
    left, top, right, bottom = (int(side) for side in font.getbbox(text))
    canvas = Image.new("L", (max(right - left, 0), max(bottom - top, 0)))
    if canvas.width and canvas.height:
        ImageDraw.Draw(canvas).text((-left, -top), text, fill=255, font=font)
    return np.asarray(canvas, np.uint8)


def cropped(drawn: Mask) -> Mask:
    """The part of a mask that holds ink; (0, 0) when there is none."""
    rows = np.flatnonzero(drawn.max(1, initial=0) > _INK)
    columns = np.flatnonzero(drawn.max(0, initial=0) > _INK)
    if not len(rows):
        return np.zeros((0, 0), np.uint8)
    return drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
