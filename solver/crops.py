"""Square crops around planets and icons, resampled without aliasing."""

from __future__ import annotations

import math

import cv2
import numpy as np

from solver.arrays import Floats
from solver.nets.shapes import CROP
from solver.picture import Picture

#: Side of the cropped square over the side of the square that holds the icon.
MARGIN = 1.5


def cut(picture: Picture, centres: Floats, sides: Floats, out: int = CROP) -> Picture:
    """Cut squares out of a picture; what lies outside repeats the edge.

    Args:
        picture: (H, W, C) uint8.
        centres: (N, 2) middles of the squares (x, y) in pixels.
        sides: (N,) sides of the squares in pixels.
        out: side of the crops.

    Returns:
        (N, out, out, C) uint8.
    """
    crops = [_cut_one(picture, xy, side, out) for xy, side in zip(centres, sides, strict=True)]
    return np.stack(crops) if crops else np.zeros((0, out, out, picture.shape[2]), np.uint8)


def _cut_one(picture: Picture, centre: Floats, side: float, out: int) -> Picture:
    finer = max(1, math.ceil(side / out))
    scale = finer * out / max(float(side), 1.0)
    corner = np.asarray(centre, np.float64) - side / 2
    # Pixel centres are at .5: the first sample lies half a sample inside the square.
    shift = -(corner - 0.5) * scale - 0.5
    matrix = np.array([[scale, 0.0, shift[0]], [0.0, scale, shift[1]]])
    size = (finer * out, finer * out)
    crop = cv2.warpAffine(
        picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    if finer > 1:
        crop = cv2.resize(crop, (out, out), interpolation=cv2.INTER_AREA)
    return np.asarray(crop, np.uint8).reshape(out, out, picture.shape[2])
