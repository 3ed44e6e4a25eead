"""Patterns that repeat: fields about 0 to 1, (200, 200), computed from the coordinates."""

from __future__ import annotations

import cv2
import numpy as np

from solver.generate.arrays import Alpha
from solver.generate.chance import Rng, between, maybe
from solver.generate.grounds import clouds
from solver.generate.truth import TILE


def _grid(rng: Rng, turned: bool = True) -> tuple[Alpha, Alpha]:
    """Pixel coordinates, moved, and turned by any angle when asked for."""
    ys, xs = np.mgrid[0:TILE, 0:TILE].astype(np.float32)
    turn = np.float32(between(rng, 0, np.pi) if turned else 0.0)
    c, s = np.cos(turn), np.sin(turn)
    along: Alpha = c * xs - s * ys + np.float32(between(rng, 0, 50))
    across: Alpha = s * xs + c * ys + np.float32(between(rng, 0, 50))
    return along, across


def _wave(x: Alpha, period: float) -> Alpha:
    """A square wave with soft edges, 0 to 1."""
    wave: Alpha = np.clip(0.5 + np.sin(x * np.float32(2 * np.pi / period)) * period / 5, 0, 1)
    return wave


def checks(rng: Rng) -> Alpha:
    """A chessboard, straight or turned."""
    xs, ys = _grid(rng, maybe(rng, 0.4))
    period = between(rng, 20, 70)
    one, other = _wave(xs, period), _wave(ys, period)
    return one + other - 2 * one * other


def bars(rng: Rng) -> Alpha:
    """Upright bars of two widths."""
    xs, _ = _grid(rng, False)
    period = between(rng, 24, 70)
    return 0.6 * _wave(xs, period) + 0.4 * _wave(xs, period / 3)


def chevrons(rng: Rng) -> Alpha:
    """Zigzags."""
    xs, ys = _grid(rng, maybe(rng, 0.5))
    step, high = between(rng, 24, 60), between(rng, 0.3, 1.0)
    return _wave(ys + np.abs(xs % step - step / 2) * np.float32(high), between(rng, 14, 36))


def plaid(rng: Rng) -> Alpha:
    """Crossing translucent bands."""
    xs, ys = _grid(rng, False)
    wide, fine = between(rng, 40, 90), between(rng, 12, 30)
    return sum((0.3 * _wave(a, wide) + 0.2 * _wave(a, fine) for a in (xs, ys)), np.zeros_like(xs))


def weave(rng: Rng) -> Alpha:
    """Threads that pass over and under each other."""
    xs, ys = _grid(rng, maybe(rng, 0.5))
    period = between(rng, 8, 20)
    k = np.float32(np.pi / period)
    over = np.sign(np.sin(xs * k) * np.sin(ys * k))
    across, along = np.abs(np.sin(xs * k)), np.abs(np.sin(ys * k))
    cloth: Alpha = cv2.GaussianBlur(np.where(over > 0, across, 0.75 * along), (0, 0), 0.7)
    return cloth


def halftone(rng: Rng) -> Alpha:
    """Dots on a lattice that grow from one side to the other."""
    xs, ys = _grid(rng)
    period = between(rng, 7, 14)
    far = np.hypot(xs % period - period / 2, ys % period - period / 2)
    grown = (xs - xs.min()) / np.float32(np.ptp(xs))
    field: Alpha = np.clip(0.5 + period * (0.1 + 0.4 * grown) - far, 0, 1)
    return field


def ripples(rng: Rng) -> Alpha:
    """Rings around a point that is not the sun."""
    xs, ys = _grid(rng, False)
    x, y = rng.uniform(-60, TILE + 60, 2).astype(np.float32)
    away = np.hypot(xs - x, ys - y)
    period = between(rng, 12, 44)
    if maybe(rng, 0.5):
        field: Alpha = 0.5 + 0.5 * np.sin(away * np.float32(2 * np.pi / period))
        return field
    return _wave(away, period)


def scales(rng: Rng) -> Alpha:
    """Rows of overlapping discs, as on a fish."""
    xs, ys = _grid(rng, False)
    period = between(rng, 20, 44)
    row = np.floor(ys / np.float32(period / 2))
    x = (xs + (row % 2) * period / 2) % period - period / 2
    away = np.hypot(x, ys - row * period / 2)
    field: Alpha = np.clip(away / period * 1.4, 0, 1) * np.clip(
        np.abs(away - period * 0.55) - 0.5, 0, 1
    )
    return field


def bricks(rng: Rng) -> Alpha:
    """A wall: bricks of slightly different shades with pale joints."""
    xs, ys = _grid(rng, False)
    high, wide = between(rng, 12, 24), between(rng, 30, 60)
    row = np.floor(ys / np.float32(high)).astype(int)
    shifted = xs + (row % 2) * np.float32(wide / 2)
    column = np.floor(shifted / np.float32(wide)).astype(int)
    shade = rng.uniform(0.35, 0.8, (64, 64)).astype(np.float32)[row % 64, column % 64]
    joint = np.minimum(ys % high, shifted % wide)
    field: Alpha = shade * np.clip(joint - 0.8, 0, 1)
    return field


def wood(rng: Rng) -> Alpha:
    """The rings of a board, bent around a knot."""
    xs, ys = _grid(rng)
    x, y = rng.uniform(0, TILE, 2).astype(np.float32)
    bent = np.exp(-(((xs - x) / 45) ** 2 + ((ys - y) / 25) ** 2))
    grain = ys + 22 * bent * np.sign(ys - y) + 9 * clouds(rng, TILE, TILE, 2, 3)
    rings = 0.5 + 0.5 * np.sin(grain * np.float32(2 * np.pi / between(rng, 9, 22)))
    fine = clouds(rng, TILE, TILE, 40, 1)
    field: Alpha = rings**1.5 * 0.8 + 0.15 * fine
    return field


def contours(rng: Rng) -> Alpha:
    """The lines of equal height of a map."""
    height: Alpha = clouds(rng, TILE, TILE, 2, 2) * between(rng, 4, 9)
    slope = np.hypot(*np.gradient(height)) + 1e-3
    line = np.abs(height - np.round(height)) / slope
    field: Alpha = 0.3 * np.clip(1.6 - line, 0, 1)
    return field


def mesh(rng: Rng) -> Alpha:
    """Large soft fields of colour that meet in a few points."""
    coarse = rng.uniform(0, 1, (4, 4)).astype(np.float32)
    return cv2.resize(coarse, (TILE, TILE), interpolation=cv2.INTER_CUBIC).astype(np.float32)
