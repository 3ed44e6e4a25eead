"""Small copies of pictures, so that a page of them is quickly there."""

import io

from PIL import Image, UnidentifiedImageError

from api.pictures import FORMATS

#: The longest side in pixels, and the quality of WebP.
SIDE, QUALITY = 640, 50

#: Pixels beyond which a picture is not opened only to be made small.
MAX_PIXELS = 8_000_000


def small(data: bytes) -> bytes | None:
    """A picture made small, as WebP; None for what is no picture, or too large to be opened."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            picture.draft("RGB", (SIDE, SIDE))
            picture.thumbnail((SIDE, SIDE))
            buffer = io.BytesIO()
            picture.convert("RGB").save(buffer, "WEBP", quality=QUALITY, method=3)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    return buffer.getvalue()
