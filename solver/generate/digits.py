"""Digits of a face as masks."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import ImageFont

from solver.generate.arrays import Mask
from solver.generate.assets import Face


@lru_cache(maxsize=128)
def _font(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), 120, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1024)
def master(face: Face, digit: int) -> Mask:
    """A large mask of the digit, cropped to its ink."""
    glyph = _font(face).getmask(str(digit), mode="L")
    drawn = np.asarray(glyph, np.uint8).reshape(glyph.size[1], glyph.size[0])
    rows = np.nonzero(drawn.max(1, initial=0) > 24)[0]
    columns = np.nonzero(drawn.max(0, initial=0) > 24)[0]
    return drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def render(face: Face, digit: int, height: float) -> Mask:
    """The digit's mask, `height` px high (rounded), as wide as its shape asks."""
    large = master(face, digit)
    high = max(round(height), 4)
    wide = max(round(large.shape[1] * high / large.shape[0]), 2)
    return cv2.resize(large, (wide, high), interpolation=cv2.INTER_AREA).astype(np.uint8)
