"""Things strewn about: fields about 0 to 1, (200, 200)."""

from __future__ import annotations

import cv2
import numpy as np

from solver.generate.arrays import Alpha, Mask
from solver.generate.chance import Rng, between
from solver.generate.grounds import clouds
from solver.generate.truth import TILE


def _field(mask: Mask) -> Alpha:
    return mask.astype(np.float32) / np.float32(255)


def bokeh(rng: Rng) -> Alpha:
    """Lights out of focus: large translucent discs with brighter edges."""
    field = 0.25 + 0.2 * clouds(rng, TILE, TILE, 1, 2)
    for _ in range(int(rng.integers(14, 30))):
        x, y = (int(v) for v in rng.integers(-10, TILE + 10, 2))
        radius, light = int(rng.integers(6, 30)), int(rng.integers(40, 120))
        disc = np.zeros((TILE, TILE), np.uint8)
        cv2.circle(disc, (x, y), radius, (light,), -1, cv2.LINE_AA)
        cv2.circle(disc, (x, y), radius, (min(light + 45, 255),), 1, cv2.LINE_AA)
        field = np.maximum(field, field * 0.55 + _field(disc))
    return field


def facets(rng: Rng) -> Alpha:
    """Triangles of different shades, as of crumpled paper."""
    cells = int(rng.integers(4, 8))
    step = TILE / cells
    at = np.mgrid[0 : cells + 1, 0 : cells + 1].transpose(1, 2, 0) * step
    at[1:-1, 1:-1] += rng.uniform(-0.35, 0.35, (cells - 1, cells - 1, 2)) * step
    mask = np.zeros((TILE, TILE), np.uint8)
    for y in range(cells):
        for x in range(cells):
            a, b, c, d = at[y, x], at[y, x + 1], at[y + 1, x + 1], at[y + 1, x]
            for corners in ((a, b, c), (a, c, d)) if (x + y) % 2 else ((a, b, d), (b, c, d)):
                shade = int(rng.integers(30, 256))
                points = np.array(corners)[:, ::-1].round().astype(np.int32)
                cv2.fillPoly(mask, [points], (shade,))
    return _field(mask)


def _strewn(rng: Rng, count: int) -> list[tuple[tuple[int, int], float, int]]:
    """Places, angles in degrees and shades."""
    return [
        ((int(x), int(y)), float(turn), int(shade))
        for x, y, turn, shade in zip(
            rng.integers(-5, TILE + 5, count),
            rng.integers(-5, TILE + 5, count),
            rng.uniform(0, 180, count),
            rng.integers(40, 215, count),
            strict=True,
        )
    ]


def pebbles(rng: Rng) -> Alpha:
    """A bed of stones, each lit from above with a dark rim."""
    mask = np.full((TILE, TILE), 15, np.uint8)
    large = between(rng, 7, 16)
    for (x, y), turn, shade in _strewn(rng, int(60_000 / large**2)):
        wide, high = (int(large * part) for part in rng.uniform(0.5, 1.1, 2))
        cv2.ellipse(mask, (x, y + 1), (wide + 1, high + 1), turn, 0, 360, (10,), -1, cv2.LINE_AA)
        cv2.ellipse(mask, (x, y), (wide, high), turn, 0, 360, (shade,), -1, cv2.LINE_AA)
        lit = (max(wide // 2, 1), max(high // 2, 1))
        spot = (x - wide // 5, y - high // 4)
        cv2.ellipse(mask, spot, lit, turn, 0, 360, (min(shade + 30, 255),), -1, cv2.LINE_AA)
    return _field(cv2.GaussianBlur(mask, (0, 0), 0.8).astype(np.uint8))


def leaves(rng: Rng) -> Alpha:
    """Fallen leaves with a vein each."""
    mask = np.full((TILE, TILE), 25, np.uint8)
    length = between(rng, 14, 28)
    s = np.linspace(-1, 1, 13)
    side = np.stack((s, 0.38 * (1 - s**2) * (1 - 0.3 * s)), 1)
    outline = np.concatenate((side, side[::-1] * (1, -1))) * length
    for (x, y), turn, shade in _strewn(rng, int(70_000 / length**2)):
        c, n = np.cos(np.deg2rad(2 * turn)), np.sin(np.deg2rad(2 * turn))
        points = outline @ np.array([[c, n], [-n, c]]) * between(rng, 0.6, 1.1) + (x, y)
        cv2.fillPoly(mask, [points.round().astype(np.int32)], (shade,), cv2.LINE_AA)
        stem, tip = (tuple(points[i].round().astype(int).tolist()) for i in (0, 12))
        cv2.line(mask, stem, tip, (max(shade - 45, 0),), 1, cv2.LINE_AA)
    return _field(cv2.GaussianBlur(mask, (0, 0), 0.7).astype(np.uint8))


def strokes(rng: Rng) -> Alpha:
    """Short strokes of a wide brush, mostly in one direction."""
    mask = np.full((TILE, TILE), 90, np.uint8)
    main = between(rng, 0, np.pi)
    for (x, y), _, shade in _strewn(rng, 170):
        turn, half = main + rng.normal(0, 0.3), between(rng, 8, 22)
        dx, dy = int(half * np.cos(turn)), int(half * np.sin(turn))
        wide = int(rng.integers(4, 10))
        cv2.line(mask, (x - dx, y - dy), (x + dx, y + dy), (shade,), wide, cv2.LINE_AA)
    return _field(mask) * 0.9 + 0.08 * clouds(rng, TILE, TILE, 50, 1)
