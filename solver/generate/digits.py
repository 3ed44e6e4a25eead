"""Digits of a face as masks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from PIL import ImageFont

from solver.generate import glyphs
from solver.generate.arrays import Mask
from solver.generate.assets import Face
from solver.generate.chance import Rng, pick


@lru_cache(maxsize=128)
def _font(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), 120, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1024)
def master(face: Face, digit: int) -> Mask:
    """A large mask of the digit, cropped to its ink."""
    return glyphs.cropped(glyphs.mask(_font(face), str(digit)))


def render(face: Face, digit: int, height: float, stretch: float = 1.0) -> Mask:
    """The digit's mask, `height` px high (rounded), `stretch` times as wide as its shape asks."""
    large = master(face, digit)
    high = max(round(height), 4)
    wide = max(round(stretch * large.shape[1] * high / large.shape[0]), 2)
    return cv2.resize(large, (wide, high), interpolation=cv2.INTER_AREA).astype(np.uint8)


def words(face: Face, text: str, height: float) -> Mask:
    """A line of text whose digits would be `height` px high, from the tops of its letters down.

    Lines laid at the same top share their baseline.
    """
    font = _font(face)
    above = max(int(font.getbbox(text)[1] - font.getbbox("d")[1]), 0)
    large = np.pad(glyphs.mask(font, text), ((above, 0), (0, 0)))
    scale = height / master(face, 4).shape[0]
    size = (max(round(large.shape[1] * scale), 2), max(round(large.shape[0] * scale), 2))
    return cv2.resize(large, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def thin(face: Face, digit: int) -> bool:
    """Whether the digit is drawn so finely that it fades away when small."""
    return float(master(face, digit).mean()) < 0.16 * 255


def hairlines(faces: Sequence[Face]) -> tuple[Face, ...]:
    """Those of `faces` whose strokes are thin whatever the digit."""
    return tuple(face for face in faces if float(master(face, 3).mean()) < 0.2 * 255)


def any_face(rng: Rng, faces: Sequence[Face]) -> Face:
    """One of `faces`: every family is as likely, however many faces it has."""
    families = sorted({face.family for face in faces})
    family = pick(rng, families)
    return pick(rng, [face for face in faces if face.family == family])
