"""Crops of a digit as the solver will see them: placed and scaled a little wrong."""

from __future__ import annotations

import numpy as np

from solver.crops import cut
from solver.digit import MARGIN, grey_picture
from solver.nets.shapes import DIGIT_SIDE
from solver.picture import Picture
from solver.solution import Box
from solver.train.degrade import Rng


def jittered_crops(picture: Picture, box: Box, rng: Rng, count: int) -> Picture:
    """Grey crops (count, 40, 40, 1) around a digit, with the errors that the hint finder makes."""
    grey = grey_picture(picture)
    longest = max(box.width, box.height)
    centres = np.asarray(box.centre, np.float32) + rng.normal(0, 0.07, (count, 2)) * longest
    sides = MARGIN * longest * np.exp(rng.normal(0, 0.13, count))
    return cut(grey, centres.astype(np.float32), sides.astype(np.float32), DIGIT_SIDE)
