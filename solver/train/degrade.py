"""Damage that pictures suffer on their way: noise, blur, compression, exposure, colour."""

from __future__ import annotations

import cv2
import numpy as np

from solver.nets.run import Floats
from solver.picture import Picture

Rng = np.random.Generator

#: Share of the pictures that stay as they are.
UNTOUCHED = 0.15


def degrade(picture: Picture, rng: Rng) -> Picture:
    """A damaged copy of an (H, W, 3) uint8 picture; each kind of damage comes by chance."""
    if rng.random() < UNTOUCHED:
        return picture
    values: Floats = picture.astype(np.float32)
    values = _recolour(values, rng)
    values = _soften(values, rng)
    values = _expose(values, rng)
    if rng.random() < 0.45:
        values += _noise(values.shape, rng)
    damaged = np.clip(values, 0, 255).astype(np.uint8)
    return _compress(damaged, rng) if rng.random() < 0.3 else damaged


def _recolour(values: Floats, rng: Rng) -> Floats:
    if rng.random() < 0.3:
        values = values[:, :, rng.permutation(3)]
    if rng.random() < 0.15:
        grey = values.mean(axis=2, keepdims=True)
        values = np.broadcast_to(grey, values.shape).copy()
    elif rng.random() < 0.2:
        mix = rng.uniform(0.0, 0.8)
        values = (1 - mix) * values + mix * values.mean(axis=2, keepdims=True)
    if rng.random() < 0.3:
        values = 255.0 - values
    return values


def _soften(values: Floats, rng: Rng) -> Floats:
    height, width = values.shape[:2]
    if rng.random() < 0.35:
        sigma = rng.uniform(0.3, 1.7)
        values = np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)
    if rng.random() < 0.2:
        factor = rng.uniform(0.5, 0.95)
        size = (max(8, round(width * factor)), max(8, round(height * factor)))
        small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        values = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))
    return values


def _expose(values: Floats, rng: Rng) -> Floats:
    if rng.random() < 0.3:
        values = (values - 128.0) * rng.uniform(0.35, 1.3) + 128.0
    if rng.random() < 0.3:
        values = values * rng.uniform(0.3, 1.2)
    if rng.random() < 0.25:
        values = values + rng.uniform(-30, 30, 3).astype(np.float32)
    if rng.random() < 0.2:
        values = 255.0 * (np.clip(values, 0, 255) / 255.0) ** rng.uniform(0.5, 2.0)
    return values


def _noise(shape: tuple[int, ...], rng: Rng) -> Floats:
    sigma = rng.uniform(2, 32)
    noise = rng.standard_normal(shape if rng.random() < 0.7 else (*shape[:2], 1), np.float32)
    return noise * sigma


def _compress(picture: Picture, rng: Rng) -> Picture:
    quality = int(rng.integers(15, 90))
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
