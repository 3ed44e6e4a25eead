"""Badges that training never draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solver.generate.arrays import Alpha
from solver.generate.badges import Badge, disc
from solver.generate.bodies import Distance
from solver.generate.unseen import coats


def _polygon(sides: int, inner: float, outer: float) -> Distance:
    """A regular polygon around a circle of `inner` radii, corners cut at `outer` radii."""
    turns = 2 * np.pi * (np.arange(sides) + 0.5) / sides + np.pi / 2
    normals = [(np.float32(np.cos(t)), np.float32(np.sin(t))) for t in turns]

    def distance(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
        flat = np.max([c * xs + s * ys for c, s in normals], axis=0) - np.float32(inner * radius)
        away: Alpha = np.maximum(flat, np.hypot(xs, ys) - np.float32(outer * radius))
        return away

    return distance


def _petals(count: int, middle: float, swing: float, sharp: float) -> Distance:
    """A circle whose radius swings `count` times around; `sharp` makes square teeth of waves."""

    def distance(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
        wave = np.cos(np.arctan2(ys, xs) * count)
        wave = np.clip(wave * np.float32(sharp), -1, 1)
        away: Alpha = np.hypot(xs, ys) - np.float32(radius) * (middle + swing * wave)
        return away

    return distance


def _star(points: int) -> Distance:
    """A star with straight edges."""

    def distance(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
        turn = (np.arctan2(ys, xs) / np.float32(2 * np.pi) * points + 0.25 * points) % 1.0
        edge = 1.38 - 0.98 * np.minimum(turn, 1 - turn)
        away: Alpha = (np.hypot(xs, ys) - np.float32(radius) * edge) * np.float32(0.8)
        return away

    return distance


def _pill(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    wide = np.maximum(np.abs(xs) - np.float32(0.45 * radius), 0)
    away: Alpha = np.hypot(wide, ys) - np.float32(radius)
    return away


def _cloud(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    r = np.float32(radius)
    parts = ((0.0, -0.15, 0.9), (-0.65, 0.2, 0.65), (0.65, 0.2, 0.65), (0.0, 0.35, 0.75))
    away: Alpha = np.min(
        [np.hypot(xs - x * r, ys - y * r) - part * r for x, y, part in parts], axis=0
    )
    return away


def _drop(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    r = np.float32(radius)
    tip = np.maximum(
        np.abs(xs) * np.float32(0.77) - (ys + 1.5 * r) * np.float32(0.64), ys + 0.5 * r
    )
    away: Alpha = np.minimum(np.hypot(xs, ys) - r, tip)
    return away


def _leaf(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    r = np.float32(radius)
    away: Alpha = np.hypot(np.abs(xs) + np.float32(0.6) * r, ys) - np.float32(1.58) * r
    return away


def _cross(xs: Alpha, ys: Alpha, radius: float) -> Alpha:
    r, x, y = np.float32(radius), np.abs(xs), np.abs(ys)
    long, broad = np.float32(1.2) * r, np.float32(0.75) * r
    away: Alpha = np.minimum(np.maximum(x - long, y - broad), np.maximum(y - long, x - broad))
    return away


KINDS: Mapping[str, Badge] = {
    "triangle": Badge(1.35, _polygon(3, 0.82, 1.35)),
    "pentagon": Badge(1.22, _polygon(5, 0.98, 1.22)),
    "octagon": Badge(1.09, _polygon(8, 1.0, 1.2)),
    "star": Badge(1.38, _star(5)),
    "starburst": Badge(1.38, _star(9)),
    "gear": Badge(1.16, _petals(10, 1.07, 0.09, 5.0)),
    "flower": Badge(1.24, _petals(6, 1.1, 0.14, 1.0)),
    "scallop": Badge(1.12, _petals(14, 1.06, 0.06, 1.0)),
    "pill": Badge(1.45, _pill),
    "cloud": Badge(1.33, _cloud),
    "drop": Badge(1.5, _drop),
    "leaf": Badge(1.47, _leaf),
    "cross": Badge(1.42, _cross),
    "double-ring": Badge(1.15, disc, coat=coats.double_ring),
    "dashed-ring": Badge(1.05, disc, coat=coats.dashed_ring),
    "halo": Badge(1.0, disc, coat=coats.halo, spread=0.5),
    "long-shadow": Badge(1.0, disc, coat=coats.long_shadow, spread=1.0),
    "glass": Badge(1.0, disc, coat=coats.glass),
    "split": Badge(1.0, disc, coat=coats.split),
    "undersized": Badge(1.0, disc, coat=coats.undersized),
}
