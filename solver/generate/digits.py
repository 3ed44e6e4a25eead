"""Digits of a face as masks."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import ImageFont

from solver.generate import glyphs
from solver.generate.arrays import Mask
from solver.generate.assets import Face


@lru_cache(maxsize=128)
def _font(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), 120, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1024)
def master(face: Face, digit: int) -> Mask:
    """A large mask of the digit, cropped to its ink."""
    return glyphs.cropped(glyphs.mask(_font(face), str(digit)))


def render(face: Face, digit: int, height: float) -> Mask:
    """The digit's mask, `height` px high (rounded), as wide as its shape asks."""
    large = master(face, digit)
    high = max(round(height), 4)
    wide = max(round(large.shape[1] * high / large.shape[0]), 2)
    return cv2.resize(large, (wide, high), interpolation=cv2.INTER_AREA).astype(np.uint8)
