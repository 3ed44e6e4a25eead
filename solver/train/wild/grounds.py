"""Random grounds: noise of any scale, tiled motifs on a bent lattice, clutter."""

from __future__ import annotations

import cv2
import numpy as np

from solver.nets.run import Floats
from solver.picture import Picture
from solver.solution import TILE
from solver.train.degrade import Rng
from solver.train.wild.canvas import colour, fill, outline, stroke

#: Side in pixels of the motif that is repeated.
MOTIF = 48


def ground(rng: Rng) -> Picture:
    """Draw a ground: (200, 200, 3) uint8."""
    canvas: Floats = np.empty((TILE, TILE, 3), np.float32)
    canvas[:] = colour(rng)
    for layer, share in ((_smooth, 0.35), (_fractal, 0.25), (_tiled, 0.3)):
        if rng.random() < share:
            canvas += layer(rng) * (rng.uniform(-1, 1, 3) if rng.random() < 0.4 else 1.0)
    if rng.random() < 0.15:
        step = rng.uniform(15, 60)
        canvas = np.round(canvas / step) * step
    picture = np.clip(canvas, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        _clutter(picture, rng)
    return picture


def _smooth(rng: Rng) -> Floats:
    """Smooth noise, of one scale along and another across; with hard steps now and then."""
    rows, columns = (int(side) for side in 2 ** rng.uniform(1, 5.5, 2))
    channels = 3 if rng.random() < 0.6 else 1
    noise = rng.normal(0, rng.uniform(5, 45), (rows, columns, channels)).astype(np.float32)
    way = cv2.INTER_CUBIC if rng.random() < 0.8 else cv2.INTER_NEAREST
    field = cv2.resize(noise, (TILE, TILE), interpolation=way).reshape(TILE, TILE, channels)
    if rng.random() < 0.2:
        field = np.where(field > 0, 1, -1) * np.float32(rng.uniform(5, 40))
    return np.asarray(field)


def _fractal(rng: Rng) -> Floats:
    """Noise of many octaves, as in photographs; of all colours or of grey alone."""
    channels = 3 if rng.random() < 0.4 else 1
    fall = rng.uniform(0.55, 1.0)
    strength = rng.uniform(10, 40)
    field: Floats = np.zeros((4, 4, channels), np.float32)
    for octave, side in enumerate((4, 12, 36, 100, TILE)):
        grown = cv2.resize(field, (side, side), interpolation=cv2.INTER_LINEAR)
        field = np.asarray(grown, np.float32).reshape(side, side, channels)
        part = rng.standard_normal((side, side, channels), np.float32)
        field += part * np.float32(strength * fall ** (2 * octave))
    return np.asarray(field)


def _tiled(rng: Rng) -> Floats:
    """A random motif repeated over a random lattice that is bent a little."""
    motif = _motif(rng)
    y, x = np.mgrid[:TILE, :TILE].astype(np.float32)
    lattice = rng.normal(0, 1, (2, 2))
    lattice *= MOTIF / (rng.uniform(6, 70, (2, 1)) * np.linalg.norm(lattice, axis=1, keepdims=True))
    u, v = (np.float32(a) * x + np.float32(b) * y for a, b in lattice)
    if rng.random() < 0.4:
        coarse = rng.normal(0, rng.uniform(2, 14), (6, 6, 2)).astype(np.float32)
        bend = cv2.resize(coarse, (TILE, TILE), interpolation=cv2.INTER_CUBIC)
        u, v = u + bend[..., 0], v + bend[..., 1]
    tiles = cv2.remap(motif, u % MOTIF, v % MOTIF, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(tiles, np.float32).reshape(TILE, TILE, 3) * np.float32(rng.uniform(0.1, 0.5))


def _motif(rng: Rng) -> Floats:
    motif: Picture = np.full((MOTIF, MOTIF, 3), 128, np.uint8)
    if rng.random() < 0.4:
        wave = rng.uniform(0, 255, (int(rng.integers(2, 5)), int(rng.choice((1, 3))), 3))
        motif = np.asarray(cv2.resize(wave.astype(np.uint8), (MOTIF, MOTIF)), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        shape = rng.uniform(0, MOTIF, 2) + outline(rng) * rng.uniform(4, 26)
        if rng.random() < 0.5:
            fill(motif, shape, colour(rng))
        else:
            stroke(motif, shape, colour(rng), int(rng.integers(1, 8)))
    return np.asarray(motif, np.float32) - 128


def _clutter(canvas: Picture, rng: Rng) -> None:
    """Shapes and strokes without an icon, of any size: none of them is a planet."""
    layer = canvas.copy()
    largest = 2 ** rng.uniform(1, 6)
    for _ in range(int(rng.integers(2, 30))):
        place, reach = rng.uniform(0, TILE, 2), rng.uniform(0.3, 1) * largest
        kind = rng.random()
        if kind < 0.5:
            fill(layer, place + outline(rng) * reach, colour(rng))
        elif kind < 0.75:
            stroke(layer, place + outline(rng) * reach, colour(rng), int(rng.integers(1, 4)))
        else:
            walk = place + np.cumsum(rng.normal(0, reach, (5, 2)), axis=0)
            stroke(layer, walk, colour(rng), int(rng.integers(1, 5)), closed=False)
    share = float(rng.uniform(0.15, 1))
    cv2.addWeighted(layer, share, canvas, 1 - share, 0, dst=canvas)
