"""A small copy of a picture, for pages that show many."""

from __future__ import annotations

import io

from PIL import Image

from solver.layout import resize
from solver.picture import Picture

#: Pixels across: half of the usual picture, as that is the quickest to make.
WIDTH = 500

#: JPEG's quality. Twelve copies weigh some 85 kB; WebP of that weight takes four times as long.
QUALITY = 30


def thumbnail(picture: Picture) -> bytes:
    """The picture (H, W, 3) as a JPEG file, `WIDTH` pixels across or less."""
    height, width = picture.shape[:2]
    across = min(width, WIDTH)
    small = resize(picture, across, round(height * across / width))
    file = io.BytesIO()
    Image.fromarray(small).save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()
