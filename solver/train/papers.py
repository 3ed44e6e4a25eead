"""Papers that hints are drawn on, and what else may be printed on them."""

from __future__ import annotations

import string

import cv2
import numpy as np

from solver.nets.run import Floats
from solver.solution import TILE, Box
from solver.train.degrade import Rng


def paper(rng: Rng) -> tuple[Floats, Floats]:
    """A sheet (200, 200, 3) float32 and a colour (3,) of ink that can be read on it."""
    ground, ink = _colours(rng)
    canvas = np.broadcast_to(ground, (TILE, TILE, 3)).copy()
    if rng.random() < 0.2:
        _shade(canvas, ground, ink, rng)
    elif rng.random() < 0.1:
        _halve(canvas, ink, rng)
    if rng.random() < 0.25:
        _waves(canvas, rng)
    if rng.random() < 0.15:
        _rule(canvas, ground, ink, rng)
    if rng.random() < 0.35:
        _cover(canvas, rng)
    return canvas, ink


def _colours(rng: Rng) -> tuple[Floats, Floats]:
    if rng.random() < 0.65:
        pair = np.array([[255.0] * 3, [0.0] * 3], np.float32)
        ground, ink = pair if rng.random() < 0.6 else pair[::-1]
        return ground, ink
    colours = rng.uniform(0, 255, (2, 3))
    while abs(np.diff(colours.mean(axis=1))) < 90:
        colours = rng.uniform(0, 255, (2, 3))
    light, dark = colours.astype(np.float32)
    return light, dark


def _shade(canvas: Floats, ground: Floats, ink: Floats, rng: Rng) -> None:
    """A gradient, soft or sharp, towards the ink's colour but far from reaching it."""
    turn, steep = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 20)
    y, x = np.mgrid[:TILE, :TILE].astype(np.float32) / TILE - 0.5
    part = np.clip((x * np.cos(turn) + y * np.sin(turn)) * steep + 0.5, 0, 1)
    canvas += (ink - ground) * (part * rng.uniform(0.1, 0.42))[:, :, None]


def _halve(canvas: Floats, ink: Floats, rng: Rng) -> None:
    """One side of a straight border in the ink's colour."""
    turn, at = rng.uniform(0, 2 * np.pi), rng.uniform(-0.2, 0.2)
    if rng.random() < 0.7:
        turn = np.pi / 2 * int(rng.integers(4))
    y, x = np.mgrid[:TILE, :TILE] / TILE - 0.5
    canvas[x * np.cos(turn) + y * np.sin(turn) > at] = ink


def _waves(canvas: Floats, rng: Rng) -> None:
    cells = int(rng.integers(3, 40))
    shape = (cells, cells, 1 if rng.random() < 0.5 else 3)
    waves = rng.normal(0, rng.uniform(4, 16), shape).astype(np.float32)
    grown = cv2.resize(waves, (TILE, TILE), interpolation=cv2.INTER_CUBIC)
    canvas += grown.reshape(TILE, TILE, -1)


def _rule(canvas: Floats, ground: Floats, ink: Floats, rng: Rng) -> None:
    """Faint lines at even distances, one way or both."""
    pitch, width = int(rng.integers(6, 32)), int(rng.integers(1, 4))
    colour = ground + (ink - ground) * np.float32(rng.uniform(0.08, 0.35))
    marks = (np.arange(TILE) + int(rng.integers(pitch))) % pitch < width
    kind = rng.integers(3)
    if kind != 1:
        canvas[marks] = colour
    if kind != 0:
        canvas[:, marks] = colour


def _cover(canvas: Floats, rng: Rng) -> None:
    """What lies outside a smaller hint: at its right, or on all sides."""
    colour = rng.choice([0.0, 255.0]) if rng.random() < 0.5 else rng.uniform(0, 255, 3)
    outside = np.broadcast_to(np.float32(colour), canvas.shape).copy()
    if rng.random() < 0.3:
        _waves(outside, rng)
    edge = int(rng.uniform(0.5, 0.98) * TILE)
    canvas[:, edge:] = outside[:, edge:]
    if rng.random() < 0.3:
        rim = int(rng.integers(1, 24))
        inner = canvas[rim:-rim, rim : edge - rim].copy()
        canvas[:] = outside
        canvas[rim:-rim, rim : edge - rim] = inner


def decorate(canvas: Floats, boxes: tuple[Box, ...], ink: Floats, rng: Rng) -> None:
    """Frames, rules, bars and small print that stand in some hints and mean nothing."""
    if rng.random() < 0.15:
        edge = int(rng.integers(0, 8))
        _frame(canvas, Box(edge, edge, TILE - 2 * edge, TILE - 2 * edge), ink, rng)
    for box in boxes:
        if rng.random() < 0.15:
            _surround(canvas, box, ink, rng)
    if rng.random() < 0.12:
        at = int(rng.integers(TILE))
        ends = ((at, 0), (at, TILE)) if rng.random() < 0.5 else ((0, at), (TILE, at))
        cv2.line(canvas, *ends, ink.tolist(), int(rng.integers(1, 3)), cv2.LINE_AA)
    if rng.random() < 0.15:
        _small_print(canvas, boxes, ink, rng)


def _small_print(canvas: Floats, boxes: tuple[Box, ...], ink: Floats, rng: Rng) -> None:
    """A line of small letters over or under digit and icon."""
    count = int(rng.integers(4, 22))
    words = "".join(rng.choice(list(string.ascii_letters + "   "), count))
    scale, font = float(rng.uniform(0.25, 0.5)), int(rng.integers(0, 6))
    (width, height), _ = cv2.getTextSize(words, font, scale, 1)
    top = min(box.y for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    y = top - 5 if rng.random() < 0.5 else bottom + height + 5
    if height < y < TILE - 3:
        mask = np.zeros((TILE, TILE), np.uint8)
        x = int(rng.integers(0, max(1, TILE - width)))
        cv2.putText(mask, words, (x, int(y)), font, scale, (255,), 1, cv2.LINE_AA)
        canvas += (ink - canvas) * (mask / np.float32(255))[:, :, None]


def _surround(canvas: Floats, box: Box, ink: Floats, rng: Rng) -> None:
    pad = float(rng.uniform(3, 10))
    longest = max(box.width, box.height)
    if rng.random() < 0.35:
        middle = tuple(round(value) for value in box.centre)
        radius = round(longest * 0.6 + pad)
        cv2.circle(canvas, middle, radius, ink.tolist(), int(rng.integers(1, 4)), cv2.LINE_AA)
        return
    if rng.random() < 0.3:
        x, y = (value - longest / 2 for value in box.centre)
        box = Box(x, y, longest, longest)
    grown = Box(box.x - pad, box.y - pad, box.width + 2 * pad, box.height + 2 * pad)
    _frame(canvas, grown, ink, rng)


def _frame(canvas: Floats, box: Box, ink: Floats, rng: Rng) -> None:
    corners = (round(box.x), round(box.y)), (round(box.x + box.width), round(box.y + box.height))
    cv2.rectangle(canvas, *corners, ink.tolist(), int(rng.integers(1, 4)))
