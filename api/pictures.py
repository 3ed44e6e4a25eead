"""Looks at a file's first bytes and header: is it a picture that a worker may open?"""

from enum import Enum
from typing import IO

from PIL import Image, UnidentifiedImageError

#: Pixels beyond which a picture is refused, before anything decodes it.
MAX_PIXELS = 40_000_000

#: The formats that are solved.
FORMATS = ("JPEG", "PNG", "WEBP")


class Kind(Enum):
    """What a file is, as far as its header tells."""

    PICTURE = "picture"
    TOO_LARGE = "too large"
    OTHER = "other"


def kind(file: IO[bytes]) -> Kind:
    """Tell what a file is by its header alone; the position is set back to the start."""
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            width, height = picture.size
    except Image.DecompressionBombError:
        return Kind.TOO_LARGE
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return Kind.OTHER
    finally:
        file.seek(0)
    return Kind.TOO_LARGE if width * height > MAX_PIXELS else Kind.PICTURE


def media_type(head: bytes) -> str:
    """The media type that a picture's first bytes name; plain bytes for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "application/octet-stream"
