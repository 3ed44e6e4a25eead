"""Pictures, good and bad, as bytes of files."""

import io
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image

from solver.generate import Drawn, draw


@cache
def puzzle(index: int = 0, difficulty: str = "easy") -> Drawn:
    """A generated puzzle from icons and fonts that the shipped model never saw."""
    return draw(31, index, difficulty, "held-out")


def scene(width: int = 1000, height: int = 400) -> np.ndarray:
    """A smooth coloured picture without any symmetry."""
    y, x = np.mgrid[:height, :width]
    red, green = 255 * x // width, 255 * y // height
    return np.stack((red, green, (red + 2 * green) // 3), axis=2).astype(np.uint8)


def saved(picture: np.ndarray | Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The picture as the bytes of a file."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def huge_png(side: int = 30_000) -> bytes:
    """A small file that claims to be, and is, a huge black picture."""
    row = zlib.compressobj(9)
    line = b"\0" * (side // 8 + 1)
    body = b"".join(row.compress(line) for _ in range(side)) + row.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND")


def _chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def animated(kind: str) -> bytes:
    """Two frames in one file."""
    frames = [Image.fromarray(scene()), Image.fromarray(255 - scene())]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=80)
