"""Random ways to draw a planet's icon so that a person can still make it out."""

from __future__ import annotations

import cv2
import numpy as np

from solver.nets.run import Floats
from solver.picture import Picture
from solver.train.degrade import Rng
from solver.train.wild.canvas import apart, paste, window

#: The least difference in the strongest channel, of 255, of an icon and what it stands on.
FAINT = 45.0

#: Spread of the ground's brightness under an icon beyond which it is calmed.
BUSY = 32.0


def ink(canvas: Picture, point: Floats, mask: Floats, size: float, form: Rng, paint: Rng) -> None:
    """Draw an icon by its mask (h, w) in 0..1, `size` pixels wide, at a point (x, y)."""
    under = _calmed(canvas, point, size)
    contrast = FAINT + paint.uniform(0, 80) if form.random() < 0.6 else 110.0
    first = apart(under, contrast, paint)
    kind = form.random()
    if form.random() < 0.12:
        away = form.uniform(-2, 2, 2)
        paste(canvas, point + away, under * 0.4, mask * np.float32(form.uniform(0.3, 0.7)))
    if kind < 0.12 and size > 18:
        mask = _outlined(mask)
    elif kind < 0.24:
        grown = np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)), np.float32)
        paste(canvas, point, apart(first, 60.0, paint), grown)
    elif kind < 0.32:
        around = cv2.GaussianBlur(mask, (0, 0), form.uniform(1, 2.5))
        paste(canvas, point, apart(first, 60.0, paint), np.minimum(1, 1.5 * around))
    elif kind < 0.4:
        mask = mask * np.float32(form.uniform(0.7, 0.95))
    paste(canvas, point, _shades(mask.shape, first, under, form, paint), mask)


def _calmed(canvas: Picture, point: Floats, size: float) -> Floats:
    """The colour (3,) under an icon; a ground too busy to read on is drawn towards it."""
    part = window(canvas, point, 0.4 * size)
    pixels = part.reshape(-1, 3).astype(np.float32)
    average = pixels.mean(axis=0)
    spread = float((pixels - average).std())
    if spread > BUSY:
        half = round(0.7 * size)
        across = np.arange(-half, half + 1, dtype=np.float32)
        inside = np.clip((half - np.hypot(across[:, None], across[None])) / (0.3 * half), 0, 1)
        paste(canvas, point, average, inside * np.float32(1 - BUSY / spread))
    return np.asarray(average)


def _outlined(mask: Floats) -> Floats:
    """The rim of an icon alone, unless the icon is so thin that nothing lies inside."""
    inner = cv2.erode(mask, np.ones((3, 3), np.uint8))
    rim = np.asarray(mask - inner, np.float32)
    return rim if rim.sum() > 0.25 * mask.sum() else mask


def _shades(shape: tuple[int, ...], first: Floats, under: Floats, form: Rng, paint: Rng) -> Floats:
    """One colour, or two in a gradient, in halves or in stripes: both told from the ground."""
    kind = form.random()
    if kind < 0.6:
        return first
    second = apart(under, 1.2 * FAINT, paint)
    turn = form.uniform(0, 2 * np.pi)
    across = np.arange(shape[0], dtype=np.float32) - shape[0] / 2
    along = across[None] * np.float32(np.cos(turn)) + across[:, None] * np.float32(np.sin(turn))
    if kind < 0.72:
        share = np.clip(0.5 + along / (0.8 * shape[0]), 0, 1)
    elif kind < 0.86:
        share = np.clip(along + 0.5, 0, 1)
    else:
        share = 0.5 + 0.5 * np.sin(along * (2 * np.pi / form.uniform(3, 10)))
    return np.asarray(first + (second - first) * share[:, :, None])
