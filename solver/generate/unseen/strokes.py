"""Strokes along an orbit, as functions of a pixel's place beside it.

A stroke is given the signed distance in px from the orbit, the bearing 0 to 2 pi and the orbit's
radius, and returns coverage 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from solver.generate.arrays import Alpha
from solver.generate.chance import Rng, between
from solver.generate.stamps import soft

Stroke: TypeAlias = Callable[[Alpha, Alpha, float], Alpha]


def _phase(bearing: Alpha, radius: float, pace: float) -> tuple[Alpha, float]:
    """Where in its period of about `pace` px a pixel is, 0 to 1, and the period in px."""
    count = max(round(2 * np.pi * radius / pace), 3)
    phase: Alpha = (bearing * np.float32(count / (2 * np.pi))) % 1.0
    return phase, 2 * np.pi * radius / count


def _window(phase: Alpha, middle: float, half: float, period: float) -> Alpha:
    """1 within `half` of `middle`, with edges one px soft."""
    near: Alpha = soft((np.abs(phase - np.float32(middle)) - np.float32(half)) * period)
    return near


def _thin(off: Alpha, half: float) -> Alpha:
    return soft(np.abs(off) - np.float32(half))


def line(rng: Rng) -> Stroke:
    """A plain line."""
    half = between(rng, 0.6, 1.3)
    return lambda off, bearing, radius: _thin(off, half)


def dash_dot(rng: Rng) -> Stroke:
    """A dash, a dot, a dash."""
    pace, half = between(rng, 18, 28), between(rng, 0.7, 1.3)

    def stroke(off: Alpha, bearing: Alpha, radius: float) -> Alpha:
        phase, period = _phase(bearing, radius, pace)
        on = _window(phase, 0.28, 0.25, period) + _window(phase, 0.77, 0.06, period)
        return _thin(off, half) * on

    return stroke


def ticks(rng: Rng) -> Stroke:
    """A thin line with short strokes across, as on a dial."""
    pace, long = between(rng, 9, 16), between(rng, 2.5, 4.5)

    def stroke(off: Alpha, bearing: Alpha, radius: float) -> Alpha:
        phase, period = _phase(bearing, radius, pace)
        across = _thin(off, long) * _window(phase, 0.5, 0.6 / period, period)
        marked: Alpha = np.maximum(_thin(off, 0.5) * np.float32(0.8), across)
        return marked

    return stroke


def beads(rng: Rng) -> Stroke:
    """Large and small beads by turns."""
    pace, large = between(rng, 14, 24), between(rng, 2.2, 3.2)

    def stroke(off: Alpha, bearing: Alpha, radius: float) -> Alpha:
        phase, period = _phase(bearing, radius, pace)
        big = soft(np.hypot(off, (phase - np.float32(0.25)) * period) - np.float32(large))
        small = soft(np.hypot(off, (phase - np.float32(0.75)) * period) - np.float32(large * 0.5))
        both: Alpha = np.maximum(big, small)
        return both

    return stroke


def brush(rng: Rng) -> Stroke:
    """Drawn by hand: it wobbles, and swells and thins."""
    sway, swell = between(rng, 0.6, 1.6), between(rng, 0.4, 0.9)
    a, b = (int(v) for v in rng.integers(3, 9, 2))
    start = np.float32(between(rng, 0, 2 * np.pi))

    def stroke(off: Alpha, bearing: Alpha, radius: float) -> Alpha:
        moved = off + np.float32(sway) * np.sin(a * bearing + start)
        wide = 1.1 + swell * np.sin(b * bearing + np.float32(radius))
        return soft(np.abs(moved) - wide)

    return stroke


def gaps(rng: Rng) -> Stroke:
    """A few long arcs with wide gaps, at other bearings on every orbit."""
    count, half = int(rng.integers(3, 7)), between(rng, 0.7, 1.4)
    filled = between(rng, 0.26, 0.38)

    def stroke(off: Alpha, bearing: Alpha, radius: float) -> Alpha:
        phase = (bearing * np.float32(count / (2 * np.pi)) + np.float32(radius * 0.37)) % 1.0
        return _thin(off, half) * _window(phase, 0.5, filled, 2 * np.pi * radius / count)

    return stroke


def fading(rng: Rng) -> Stroke:
    """A line that is strong on one side of the sun and faint on the other."""
    start, half = np.float32(between(rng, 0, 2 * np.pi)), between(rng, 0.8, 1.6)
    return lambda off, bearing, radius: (
        _thin(off, half) * (0.62 + np.float32(0.38) * np.cos(bearing + start))
    )


def wavy(rng: Rng) -> Stroke:
    """A regular wave along the orbit."""
    pace, high, half = between(rng, 9, 16), between(rng, 1.5, 2.5), between(rng, 0.6, 1.0)

    def stroke(off: Alpha, bearing: Alpha, radius: float) -> Alpha:
        phase, _ = _phase(bearing, radius, pace)
        return _thin(off - np.float32(high) * np.sin(phase * np.float32(2 * np.pi)), half)

    return stroke


def chain(rng: Rng) -> Stroke:
    """Small open rings, one after another."""
    size = between(rng, 2.6, 3.6)

    def stroke(off: Alpha, bearing: Alpha, radius: float) -> Alpha:
        phase, period = _phase(bearing, radius, 2.3 * size)
        away = np.hypot(off, (phase - np.float32(0.5)) * period)
        return soft(np.abs(away - np.float32(size)) - np.float32(0.5))

    return stroke
