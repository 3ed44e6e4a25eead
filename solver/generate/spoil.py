"""What cameras, screenshots and files do to a picture, none of it moving anything."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import cv2
import numpy as np
from numpy.typing import NDArray

from solver.generate.arrays import Canvas
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.levels import Level
from solver.generate.truth import TILE, TILES

Picture = NDArray[np.uint8]


def spoil(rng: Rng, level: Level, canvas: Canvas, size: float) -> tuple[Picture, dict[str, str]]:
    """Degrade a canvas (400, 1000, 3) float32 RGB and give it its final size and type.

    `size`: of the icons in px; small ones are spared the worst, lest nobody could solve it.
    """
    bears = min(max((size - 12) / 14, 0.3), 1.0)
    done: dict[str, str] = {}
    if maybe(rng, level.p_tone):
        canvas = (canvas - 128) * between(rng, 0.7, 1.2) + 128 + between(rng, -30, 30)
        done["tone"] = "changed"
    if maybe(rng, level.p_grey):
        canvas = np.repeat((canvas @ np.array([0.299, 0.587, 0.114], np.float32))[..., None], 3, 2)
        done["grey"] = "yes"
    if maybe(rng, level.p_invert):
        canvas = 255 - canvas
        done["inverted"] = "yes"
    if maybe(rng, level.p_resample):
        canvas = _resampled(rng, canvas, 1 - 0.45 * bears, done)
    if maybe(rng, level.p_blur):
        sigma = between(rng, *level.blur) * bears
        canvas = cv2.GaussianBlur(canvas, (0, 0), sigma).astype(np.float32)
        done["blur"] = f"{sigma:.2f}"
    if maybe(rng, level.p_other_size):
        canvas = _sized(rng, canvas, size)
    if maybe(rng, level.p_noise):
        sigma = between(rng, *level.noise) * bears
        canvas = canvas + _noise(rng, canvas.shape, sigma)
        done["noise"] = f"{sigma:.1f}"
    return np.clip(canvas + 0.5, 0, 255).astype(np.uint8), done


def _resampled(rng: Rng, canvas: Canvas, least: float, done: dict[str, str]) -> Canvas:
    """Shrunk and enlarged again."""
    height, width = canvas.shape[:2]
    part = between(rng, least, 0.92)
    small = cv2.resize(
        canvas, (int(width * part), int(height * part)), interpolation=cv2.INTER_AREA
    )
    done["resampled"] = f"{part:.2f}"
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)


def _sized(rng: Rng, canvas: Canvas, size: float) -> Canvas:
    """The same picture with another tile side."""
    side = int(rng.integers(round(min(max(130, TILE * 17 / size), TILE)), 321))
    method = cv2.INTER_AREA if side < TILE else cv2.INTER_CUBIC
    return cv2.resize(canvas, (TILES * side, 2 * side), interpolation=method).astype(np.float32)


@cache
def _bell() -> NDArray[np.float32]:
    """256 values spread like a normal distribution of sigma 1."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((i + 0.5) / 256) for i in range(256)], np.float32)


def _noise(rng: Rng, shape: tuple[int, ...], sigma: float) -> Canvas:
    """Sensor noise, coloured or grey; bytes through a table, five times as fast as normals."""
    depth = 3 if maybe(rng, 0.5) else 1
    steps = rng.integers(0, 256, (*shape[:2], depth), np.uint8)
    noise: Canvas = (_bell() * np.float32(sigma))[steps]
    return noise


def encode(rng: Rng, level: Level, picture: Picture) -> tuple[bytes, str, Picture]:
    """The picture's file, its extension, and what a reader of the file sees."""
    kind = pick(rng, (".jpg", ".png", ".webp"), (93, 5, 2))
    quality = int(rng.integers(level.jpeg[0], level.jpeg[1] + 1))
    options = {
        ".jpg": (cv2.IMWRITE_JPEG_QUALITY, quality),
        ".png": (cv2.IMWRITE_PNG_COMPRESSION, 1),
        ".webp": (cv2.IMWRITE_WEBP_QUALITY, max(quality, 40)),
    }
    _, data = cv2.imencode(kind, picture[..., ::-1], options[kind])
    if kind == ".png":
        return data.tobytes(), kind, picture
    seen = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return data.tobytes(), kind, np.ascontiguousarray(seen[..., ::-1])
