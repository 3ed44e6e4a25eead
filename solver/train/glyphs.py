"""Digits as masks: drawn from font faces and bent, so that few faces stand for many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
from PIL import ImageFont

from solver.generate.assets import Face, faces
from solver.nets.run import Floats
from solver.picture import Picture
from solver.train.degrade import Rng

Item = TypeVar("Item")

#: Height in pixels that fonts are drawn at.
DRAWN = 96

#: How much wider a digit is drawn; some faces are far narrower than those trained on.
STRETCHES = (0.4, 0.55, 0.7, 0.85, 1.0, 1.0, 1.0, 1.25)

#: OpenCV's stroke fonts: thin, uneven lines that no font wheel has.
STROKE_FONTS = (0, 1, 2, 3, 4, 5, 6, 7)


@lru_cache(maxsize=1)
def training_families() -> tuple[tuple[Face, ...], ...]:
    """The training faces, grouped by family so that large families do not dominate."""
    groups: dict[str, list[Face]] = {}
    for face in faces("train"):
        groups.setdefault(face.family, []).append(face)
    return tuple(tuple(group) for group in groups.values())


def bent_digit(digit: int, height: float, rng: Rng) -> Floats:
    """A digit from a random face, bent at random, `height` pixels high: (h, w) float32 in 0..1."""
    if rng.random() < 0.2:
        mask = _stroked(digit, int(rng.choice(STROKE_FONTS)), int(rng.integers(2, 14)))
    else:
        family = _pick(training_families(), rng)
        mask = glyph(_pick(family, rng), digit)
    return _resized(_bend(mask, rng), height)


@lru_cache(maxsize=2000)
def glyph(face: Face, digit: int) -> Picture:
    """The ink of a digit in a face, (h, w) uint8, about `DRAWN` pixels high."""
    font = ImageFont.truetype(str(face.path), DRAWN, layout_engine=ImageFont.Layout.BASIC)
    drawn = font.getmask(str(digit), mode="L")
    return _trimmed(np.asarray(drawn, np.uint8).reshape(drawn.size[1], drawn.size[0]))


@lru_cache(maxsize=2000)
def _stroked(digit: int, font: int, thickness: int) -> Picture:
    canvas = np.zeros((180, 180), np.uint8)
    cv2.putText(canvas, str(digit), (50, 130), font, 3.4, 255, thickness, cv2.LINE_AA)
    return _trimmed(canvas)


def _bend(mask: Picture, rng: Rng) -> Picture:
    pad = 30
    wide: Picture = np.pad(mask, pad)
    if rng.random() < 0.35:
        kernel = np.ones((int(rng.integers(2, 8)),) * 2, np.uint8)
        thicker = rng.random() < 0.6
        wide = np.asarray(cv2.dilate(wide, kernel)) if thicker else _thinned(wide, kernel)
    if rng.random() < 0.25:
        wide = _waved(wide, rng)
    kind = rng.random()
    if kind < 0.1:
        wide = _hollow(wide, rng)
    elif kind < 0.25:
        wide = _textured(wide, rng)
    elif kind < 0.32:
        wide = _cut(wide, rng)
    turn = np.deg2rad(rng.normal(0, 7))
    stretch, shear = float(rng.choice(STRETCHES)) * np.exp(rng.normal(0, 0.14)), rng.normal(0, 0.1)
    linear = np.array([[stretch, shear], [0, 1]]) @ np.array(
        [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    )
    height, width = wide.shape
    middle = np.array([width / 2, height / 2])
    size = (round(width * 1.3 * max(1.0, stretch)), round(height * 1.3))
    move = np.concatenate((linear, (np.array(size) / 2 - linear @ middle)[:, None]), axis=1)
    return _trimmed(np.asarray(cv2.warpAffine(wide, move, size), np.uint8))


def _thinned(mask: Picture, kernel: Picture) -> Picture:
    thin = np.asarray(cv2.erode(mask, kernel), np.uint8)
    return thin if thin.sum() > 0.4 * mask.sum() else mask


def _waved(mask: Picture, rng: Rng) -> Picture:
    height, width = mask.shape
    waves = rng.normal(0, 3.5, (2, 4, 4)).astype(np.float32)
    dx, dy = (cv2.resize(wave, (width, height), interpolation=cv2.INTER_CUBIC) for wave in waves)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(cv2.remap(mask, x + dx, y + dy, cv2.INTER_LINEAR), np.uint8)


def _hollow(mask: Picture, rng: Rng) -> Picture:
    width = int(rng.integers(2, 6))
    outer = cv2.dilate(mask, np.ones((width, width), np.uint8))
    inner = cv2.erode(mask, np.ones((width, width), np.uint8))
    return np.asarray(cv2.subtract(outer, inner), np.uint8)


def _cut(mask: Picture, rng: Rng) -> Picture:
    """The digit cut by one to three straight gaps, as stencils and displays have them."""
    cut = mask.copy()
    for _ in range(int(rng.integers(1, 4))):
        ends = rng.uniform(0, 1, (2, 2)) * mask.shape[::-1]
        if rng.random() < 0.6:
            axis = int(rng.integers(2))
            ends[:, axis] = mask.shape[1 - axis] * rng.uniform(0.3, 0.7)
            ends[:, 1 - axis] = 0, mask.shape[axis]
        first, last = ends.astype(int).tolist()
        cv2.line(cut, first, last, (0,), int(rng.integers(3, 9)), cv2.LINE_AA)
    return cut if cut.sum() > 0.6 * mask.sum() else mask


def _textured(mask: Picture, rng: Rng) -> Picture:
    """The digit filled with one or two waves of any direction, length and sharpness."""
    height, width = mask.shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    fill = np.ones((height, width), np.float32)
    for _ in range(int(rng.integers(1, 3))):
        turn, length = rng.uniform(0, np.pi), rng.uniform(5, 18)
        wave = np.sin((x * np.cos(turn) + y * np.sin(turn)) * (2 * np.pi / length))
        fill *= np.clip(wave * rng.uniform(1, 6) + rng.uniform(0.4, 1.4), 0, 1)
    thick = cv2.dilate(mask, np.ones((int(rng.integers(1, 7)),) * 2, np.uint8))
    return np.asarray(thick * np.maximum(fill, rng.choice([0.0, 0.3])), np.uint8)


def _resized(mask: Picture, height: float) -> Floats:
    high = max(6, round(height))
    width = max(2, round(mask.shape[1] * high / mask.shape[0]))
    method = cv2.INTER_AREA if high < mask.shape[0] else cv2.INTER_LINEAR
    return cv2.resize(mask, (width, high), interpolation=method).astype(np.float32) / 255.0


def _trimmed(mask: Picture) -> Picture:
    rows, columns = np.nonzero(mask.max(axis=1) > 40)[0], np.nonzero(mask.max(axis=0) > 40)[0]
    if not len(rows):
        return mask
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _pick(items: Sequence[Item], rng: Rng) -> Item:
    return items[int(rng.integers(len(items)))]
