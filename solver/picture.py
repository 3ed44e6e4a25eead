"""From the bytes of a file to an RGB picture, or to an error that says how to mend it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from solver.errors import PictureError
from solver.quiet import quiet

Picture = NDArray[np.uint8]

#: Formats that are read; Pillow tries no other decoder.
FORMATS = ("JPEG", "PNG", "WEBP")

#: File endings of these formats.
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})

#: Largest accepted picture: 10,000 x 4,000.
MAX_PIXELS = 40_000_000

#: Smallest accepted side.
MIN_SIDE = 32

#: Pillow's 16-bit and floating point grey modes.
DEEP_MODES = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")

#: First bytes of well-known formats that are not read.
FOREIGN = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\0\0\x01\0", "ICO"),
    (b"<svg", "SVG"),
)

CONVERT = "Convert it to JPEG, PNG or WebP."


def read(path: Path) -> bytes:
    """The bytes of a picture file.

    Raises:
        PictureError: `missing`, `is_a_folder` or `unreadable`.
    """
    if path.is_dir():
        endings = ", ".join(sorted(SUFFIXES))
        message = f"{path.name} is a folder. Give pictures, or a folder of some ({endings})."
        raise PictureError("is_a_folder", message)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        message = f"There is no file {path}. Check the name and the folder."
        raise PictureError("missing", message) from error
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}). Check its permissions."
        raise PictureError("unreadable", message) from error


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a picture as its header tells them; no pixel is decoded.

    Raises:
        PictureError: as `decode`, save what only the pixels show.
    """
    image = _open(data)
    _check_header(image)
    return image.size


def decode(data: bytes) -> Picture:
    """Decode a JPEG, PNG or WebP as it is meant to be seen, (H, W, 3) uint8 RGB.

    The size is checked before any pixel is decoded; EXIF orientation is applied; transparency is
    laid over white; grey, palette, CMYK and 16-bit pictures become 8-bit RGB.

    Raises:
        PictureError: `empty`, `not_a_picture`, `unsupported_format`, `animated`, `too_large`,
            `too_small` or `truncated`.
    """
    image = _open(data)
    _check_header(image)
    try:
        return _as_rgb(image)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError) as error:
        message = f"The picture breaks off or is damaged ({error}). Save or upload it again."
        raise PictureError("truncated", message) from error


def _open(data: bytes) -> Image.Image:
    if not data:
        message = "The file is empty (0 bytes). Export or upload the picture again."
        raise PictureError("empty", message)
    _refuse_foreign(data)
    try:
        with quiet():
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_large("more than 170 million pixels") from error
    except UnidentifiedImageError as error:
        raise _unidentified(data) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        message = f"The picture's header is damaged ({error}). Save or upload it again."
        raise PictureError("truncated", message) from error


def _refuse_foreign(data: bytes) -> None:
    start = data.lstrip()[:8]
    for magic, name in FOREIGN:
        if data.startswith(magic) or start.startswith(magic):
            message = f"This is a {name} file, which is not supported. {CONVERT}"
            raise PictureError("unsupported_format", message)


def _unidentified(data: bytes) -> PictureError:
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")):
        message = "The picture's header is cut off or damaged. Save or upload it again."
        return PictureError("truncated", message)
    message = f"The file is not a JPEG, PNG or WebP picture. {CONVERT}"
    return PictureError("not_a_picture", message)


def _check_header(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_large(f"{width} x {height} pixels")
    if min(width, height) < MIN_SIDE:
        message = (
            f"The picture is {width} x {height} pixels; no side may be under {MIN_SIDE}. "
            "A puzzle is usually 1000 x 400."
        )
        raise PictureError("too_small", message)
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        message = "The picture is animated. Save one of its frames as a still picture."
        raise PictureError("animated", message)


def _too_large(size: str) -> PictureError:
    message = (
        f"The picture has {size}; the limit is {MAX_PIXELS:,} in all. "
        "Scale it down: 1000 x 400 is enough."
    )
    return PictureError("too_large", message)


def _as_rgb(image: Image.Image) -> Picture:
    image.load()
    with quiet():
        ImageOps.exif_transpose(image, in_place=True)
    if image.mode in DEEP_MODES:
        return _deep_as_rgb(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.array(image.convert("RGB"))


def _deep_as_rgb(image: Image.Image) -> Picture:
    deep: NDArray[Any] = np.asarray(image).astype(np.float32)
    grey = np.clip(deep / 257.0, 0, 255).round().astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def encode(picture: Picture) -> bytes:
    """The picture (H, W, 3) as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
