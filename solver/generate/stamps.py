"""Laying soft shapes and masks onto a tile."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solver.generate.arrays import Alpha, Canvas
from solver.generate.colours import Colour


@lru_cache(maxsize=256)
def _grid(side: int) -> tuple[Alpha, Alpha]:
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32) - (side - 1) / 2
    return xs, ys


def grid(side: int, shift: tuple[float, float], angle: float = 0.0) -> tuple[Alpha, Alpha]:
    """Coordinates (x, y) of a square patch's pixels from its middle plus `shift`, turned back by
    `angle` degrees counter-clockwise.
    """
    xs, ys = _grid(side)
    xs, ys = xs - np.float32(shift[0]), ys - np.float32(shift[1])
    if angle == 0.0:
        return xs, ys
    c, s = np.float32(np.cos(np.deg2rad(angle))), np.float32(np.sin(np.deg2rad(angle)))
    return c * xs - s * ys, s * xs + c * ys


def soft(distance: Alpha, width: float = 1.0) -> Alpha:
    """Coverage 0-1 from a signed distance in px (negative inside), smoothed over `width` px."""
    cover: Alpha = np.clip(0.5 - distance / np.float32(width), 0, 1)
    return cover


def patch(x: float, y: float, side: int) -> tuple[int, int, tuple[float, float]]:
    """Left, top and shift of a square patch of `side` px whose content is centred on (x, y).

    Coordinates are of continuous tile space: pixel i covers i to i + 1.
    """
    left, top = int(np.floor(x - side / 2)), int(np.floor(y - side / 2))
    return left, top, (x - 0.5 - left - (side - 1) / 2, y - 0.5 - top - (side - 1) / 2)


def lay(tile: Canvas, alpha: Alpha, colour: Colour, left: int, top: int) -> None:
    """Blend `colour` into `tile` (H, W, 3) through `alpha` (h, w), its corner at (left, top)."""
    height, width = alpha.shape
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, tile.shape[1]), min(top + height, tile.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    view = tile[y0:y1, x0:x1]
    cover = alpha[y0 - top : y1 - top, x0 - left : x1 - left, None]
    view += (np.array(colour, np.float32) - view) * cover


def mean_colour(tile: Canvas, x: float, y: float, radius: float) -> Colour:
    """The mean colour of the square around (x, y), clipped to the tile."""
    x0, y0 = max(int(x - radius), 0), max(int(y - radius), 0)
    part = tile[y0 : max(int(y + radius), y0 + 1), x0 : max(int(x + radius), x0 + 1)]
    red, green, blue = part.reshape(-1, 3).mean(0).tolist()
    return (red, green, blue)
