"""Which puzzles show the same drawing: a fingerprint of the hint's icon, from its pixels alone."""

from __future__ import annotations

import cv2
import numpy as np

from solver.arrays import Floats
from solver.picture import Picture

#: Side of a fingerprint in cells.
SIDE = 24


def fingerprint(crop: Picture) -> Floats:
    """The shape of an icon's ink: black on white or white on black, any size, anywhere.

    Args:
        crop: (S, S, 3) uint8 with the icon in its middle.

    Returns:
        (SIDE * SIDE,) float32 of unit length; the product of two is how alike the drawings are.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.abs(grey - np.median(edge))
    framed = _framed(ink)
    blurred = cv2.GaussianBlur(framed, (0, 0), 1.0)
    centred = (blurred - blurred.mean()).ravel()
    return np.asarray(centred / (np.linalg.norm(centred) + 1e-6), np.float32)


def _framed(ink: Floats) -> Floats:
    """The ink's own square, its longer side SIDE cells."""
    bytes_ = np.clip(ink, 0, 255).astype(np.uint8)
    _, mask = cv2.threshold(bytes_, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    if not len(rows):
        return np.zeros((SIDE, SIDE), np.float32)
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    side = max(cut.shape)
    square = np.zeros((side, side), np.float32)
    top, left = (side - cut.shape[0]) // 2, (side - cut.shape[1]) // 2
    square[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return np.asarray(cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.float32)
