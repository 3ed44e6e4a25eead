"""Scenes and patterns that are no puzzles."""

from __future__ import annotations

import cv2
import numpy as np

from solver.generate.arrays import Alpha, Canvas
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, hsv
from solver.generate.grounds import clouds
from solver.generate.strangers.sheets import HEIGHT, WIDTH, colour, face, sheet, word, write
from solver.generate.unseen import clutter, patterns


def mixed(one: Colour, other: Colour, part: Alpha) -> Canvas:
    """A field as a mixture of two colours, (H, W, 3)."""
    a, b = np.array(one, np.float32), np.array(other, np.float32)
    blended: Canvas = a + (b - a) * np.clip(part, 0, 1)[..., None].astype(np.float32)
    return blended


def texture(rng: Rng) -> Canvas:
    """A photograph of pebbles, leaves or the like, lit unevenly."""
    strewn = pick(rng, (clutter.pebbles, clutter.leaves, clutter.strokes, patterns.wood))
    large = cv2.resize(strewn(rng), (WIDTH, WIDTH), interpolation=cv2.INTER_CUBIC)
    field = large[:HEIGHT].astype(np.float32)
    lit = 1 + 0.3 * clouds(rng, HEIGHT, WIDTH, 1, 2)
    dark, pale = hsv(rng.random(), 0.5, 0.12), hsv(rng.random(), 0.35, 0.9)
    canvas = mixed(dark, pale, field) * lit[..., None]
    for channel in range(3):
        canvas[..., channel] += 14 * clouds(rng, HEIGHT, WIDTH, 12, 4)
    return np.clip(canvas, 0, 255)


def landscape(rng: Rng) -> Canvas:
    """Sky, a sun and ranges of hills, each paler than the one before it."""
    ys = np.mgrid[0:HEIGHT, 0:WIDTH][0].astype(np.float32)
    canvas = mixed(hsv(0.58, 0.6, 0.9), hsv(0.08, 0.3, 1.0), ys / HEIGHT)
    canvas += 16 * clouds(rng, HEIGHT, WIDTH, 3, 5)[..., None]
    at = (int(rng.integers(100, 900)), int(rng.integers(40, 160)))
    cv2.circle(canvas, at, int(rng.integers(20, 45)), hsv(0.13, 0.5, 1.0), -1, cv2.LINE_AA)
    hue = between(rng, 0.2, 0.45)
    for place in range(4):
        ridge = clouds(rng, HEIGHT, WIDTH, 2, 4)[0] * (60 - 8 * place) + 170 + 55 * place
        hill = np.clip(ys - ridge[None], 0, 1)[..., None]
        shade = np.array(hsv(hue, 0.25 + 0.12 * place, 0.75 - 0.14 * place), np.float32)
        grain = 1 + 0.12 * clouds(rng, HEIGHT, WIDTH, 20, 3)[..., None]
        canvas += (shade * grain - canvas) * hill
    return np.clip(canvas, 0, 255)


def street_map(rng: Rng) -> Canvas:
    """Streets, parks and a river with names."""
    canvas, ink = sheet(rng)
    for _ in range(6):
        at = (int(rng.integers(WIDTH)), int(rng.integers(HEIGHT)))
        axes = (int(rng.integers(30, 110)), int(rng.integers(20, 70)))
        green = hsv(0.32, 0.25, between(rng, 0.8, 0.92))
        cv2.ellipse(canvas, at, axes, float(rng.integers(180)), 0, 360, green, -1, cv2.LINE_AA)
    xs = np.arange(0, WIDTH + 1, 10)
    bends = 200 + 90 * np.sin(xs / between(rng, 90, 200)) + rng.integers(-60, 60)
    river = np.stack((xs, bends), 1).astype(np.int32)
    cv2.polylines(canvas, [river], False, hsv(0.56, 0.4, 0.95), 24, cv2.LINE_AA)
    for _ in range(26):
        x, y = int(rng.integers(WIDTH)), int(rng.integers(HEIGHT))
        turn = pick(rng, (0.1, 1.67, 0.8)) + rng.normal(0, 0.08)
        dx, dy = int(900 * np.cos(turn)), int(900 * np.sin(turn))
        fill = pick(rng, ((255.0, 255.0, 255.0), (250.0, 215.0, 120.0)))
        for wide, shade in ((9, (190.0, 190.0, 190.0)), (6, fill)):
            cv2.line(canvas, (x - dx, y - dy), (x + dx, y + dy), shade, wide, cv2.LINE_AA)
    type_ = face(rng)
    for x, y in zip(rng.integers(10, 900, 14), rng.integers(10, 380, 14), strict=True):
        write(canvas, word(rng).title(), type_, 10, ink, int(x), int(y))
    return canvas


def circuit(rng: Rng) -> Canvas:
    """Traces, pads and chips of a circuit board."""
    canvas = np.empty((HEIGHT, WIDTH, 3), np.float32)
    canvas[:] = hsv(between(rng, 0.3, 0.65), 0.7, between(rng, 0.2, 0.4))
    trace = hsv(between(rng, 0.1, 0.4), 0.5, 0.75)
    steps = np.array([(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)])
    for _ in range(90):
        at, way = rng.integers(0, (WIDTH, HEIGHT)), int(rng.integers(8))
        ends = [tuple(at.tolist())]
        for _ in range(int(rng.integers(1, 5))):
            at = at + steps[way] * int(rng.integers(10, 90))
            ends.append(tuple(at.tolist()))
            way = (way + int(rng.integers(-1, 2))) % 8
        cv2.polylines(canvas, [np.array(ends, np.int32)], False, trace, 3, cv2.LINE_AA)
        for end in (ends[0], ends[-1]):
            cv2.circle(canvas, end, 6, trace, -1, cv2.LINE_AA)
            cv2.circle(canvas, end, 2, (20.0, 20.0, 20.0), -1, cv2.LINE_AA)
    for _ in range(7):
        x, y = int(rng.integers(WIDTH - 100)), int(rng.integers(HEIGHT - 60))
        cv2.rectangle(canvas, (x, y), (x + 80, y + 46), (25.0, 25.0, 28.0), -1)
    return canvas


def wallpaper(rng: Rng) -> Canvas:
    """One pattern all over."""
    made = pick(rng, (patterns.checks, patterns.plaid, patterns.scales, patterns.ripples))
    tile = made(rng)
    field = np.tile(tile, (HEIGHT // tile.shape[0], WIDTH // tile.shape[1]))
    return mixed(colour(rng), colour(rng), field)


def stars(rng: Rng) -> Canvas:
    """A night sky with the band of a galaxy."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    band = np.exp(-(((ys - between(rng, 100, 300) - 0.2 * (xs - 500)) / 90) ** 2))
    dust = clouds(rng, HEIGHT, WIDTH, 4, 5)
    canvas = mixed((6.0, 8.0, 20.0), hsv(between(rng, 0.5, 0.9), 0.35, 0.6), band * (0.5 + dust))
    count = int(rng.integers(600, 2500))
    at = rng.integers(0, (HEIGHT, WIDTH), (count, 2))
    canvas[at[:, 0], at[:, 1]] += rng.exponential(70, count)[:, None]
    for y, x in at[: count // 40].tolist():
        cv2.circle(canvas, (x, y), 2, (255.0, 250.0, 235.0), -1, cv2.LINE_AA)
    return np.clip(cv2.GaussianBlur(canvas, (0, 0), 0.6), 0, 255).astype(np.float32)


def planets(rng: Rng) -> Canvas:
    """A picture of one solar system, its planets plain balls on one row of orbits."""
    canvas = stars(rng)
    y = int(rng.integers(120, 280))
    cv2.circle(canvas, (0, y), 60, hsv(0.12, 0.7, 1.0), -1, cv2.LINE_AA)
    for place in range(1, 9):
        x = 60 + place * 105
        cv2.ellipse(
            canvas, (0, y), (x, int(x * 0.6)), 0, 0, 360, (90.0, 95.0, 120.0), 1, cv2.LINE_AA
        )
        cv2.circle(canvas, (x, y), int(rng.integers(8, 34)), colour(rng), -1, cv2.LINE_AA)
    return canvas


def blank(rng: Rng) -> Canvas:
    """Nothing, in one colour or fading into another."""
    part = np.zeros((HEIGHT, WIDTH), np.float32)
    if maybe(rng, 0.5):
        part[:] = np.linspace(0, 1, WIDTH, dtype=np.float32)
    return mixed(hsv(rng.random(), rng.random(), rng.random()), colour(rng), part)


def noise(rng: Rng) -> Canvas:
    """Noise of one scale, fine or coarse."""
    cell = pick(rng, (1, 2, 5, 10))
    small = rng.integers(0, 256, (HEIGHT // cell, WIDTH // cell, 3)).astype(np.float32)
    large = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    return large.astype(np.float32)
