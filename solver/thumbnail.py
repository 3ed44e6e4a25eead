"""A small copy of a solved picture, for pages that show many."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from solver.layout import resize
from solver.patches import patches
from solver.picture import Picture
from solver.solution import Solution

#: Pixels across: half of the usual picture, as that is the quickest to make.
WIDTH = 500

#: Pixels of a crop's side.
PATCH = 64

#: JPEG's quality. Twelve copies weigh some 90 kB; WebP of that weight takes four times as long.
QUALITY = 25


def thumbnail(picture: Picture, solution: Solution) -> bytes:
    """A JPEG file: the picture, `WIDTH` pixels across, and below it what one has to see closely.

    That is, from the left: the icon asked for, the answer and the runner-up, `PATCH` pixels each.
    """
    height = round(picture.shape[0] * WIDTH / picture.shape[1])
    sheet = np.zeros((height + PATCH, WIDTH, 3), np.uint8)
    sheet[:height] = resize(picture, WIDTH, height)
    for number, patch in enumerate(patches(picture, solution, PATCH)):
        if patch is not None:
            sheet[height:, number * PATCH : (number + 1) * PATCH] = patch
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()
