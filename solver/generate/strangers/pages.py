"""Pages and charts that are no puzzles."""

from __future__ import annotations

import cv2
import numpy as np

from solver.generate import icons, stamps
from solver.generate.arrays import Canvas
from solver.generate.assets import families
from solver.generate.casting import any_icon
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import WHITE
from solver.generate.strangers.sheets import (
    HEIGHT,
    WIDTH,
    box,
    colour,
    face,
    figure,
    sheet,
    word,
    write,
)


def text(rng: Rng) -> Canvas:
    """A dense page of words in one or two columns."""
    canvas, ink = sheet(rng, maybe(rng, 0.2))
    type_, height = face(rng), between(rng, 8, 13)
    columns = int(rng.integers(1, 3))
    for column in range(columns):
        left, right = 20 + column * WIDTH // columns, (column + 1) * WIDTH // columns - 20
        for y in range(18, HEIGHT - 18, int(height * 1.8)):
            x = left
            while x < right - 70 and not maybe(rng, 0.02):
                x += write(canvas, word(rng), type_, height, ink, x, y) + int(height * 0.6)
    return canvas


def listing(rng: Rng) -> Canvas:
    """Source code on a dark screen."""
    canvas, ink = sheet(rng, dark=True)
    type_, inks = face(rng), (ink, colour(rng), colour(rng), colour(rng))
    depth = 0
    for number, y in enumerate(range(14, HEIGHT - 14, 20), 1):
        write(canvas, str(number), type_, 9, inks[1], 10, y)
        depth = min(max(depth + int(rng.integers(-1, 2)), 0), 5)
        x = 50 + 30 * depth
        for _ in range(int(rng.integers(0, 8))):
            x += write(canvas, word(rng), type_, 10, pick(rng, inks), x, y) + 8
    return canvas


def table(rng: Rng) -> Canvas:
    """A spreadsheet."""
    canvas, ink = sheet(rng)
    type_, rows, columns = face(rng), int(rng.integers(8, 16)), int(rng.integers(5, 12))
    high, wide = HEIGHT // rows, WIDTH // columns
    box(canvas, (0, 0, WIDTH, high), colour(rng))
    for row in range(rows):
        for column in range(columns):
            written = word(rng) if row == 0 or column == 0 else figure(rng)
            write(
                canvas, written, type_, high * 0.4, ink, column * wide + 6, row * high + high // 3
            )
    canvas[::high] = ink
    canvas[:, ::wide] = ink
    return canvas


def calendar(rng: Rng) -> Canvas:
    """A month with numbered days, some marked by a coloured disc."""
    canvas, ink = sheet(rng, maybe(rng, 0.3))
    type_, first = face(rng), int(rng.integers(7))
    write(canvas, word(rng).title(), type_, 24, ink, 30, 16)
    for day in range(1, 32):
        row, column = divmod(day + first - 1, 7)
        x, y = 40 + column * 138, 66 + row * 56
        if maybe(rng, 0.25):
            cv2.circle(canvas, (x + 10, y + 9), 22, colour(rng), -1, cv2.LINE_AA)
        write(canvas, str(day), type_, 18, ink, x, y)
    return canvas


def _axes(rng: Rng) -> Canvas:
    canvas, ink = sheet(rng, maybe(rng, 0.3))
    type_ = face(rng)
    for y in range(40, HEIGHT - 50, 50):
        canvas[y, 70 : WIDTH - 30] += (np.array(ink, np.float32) - canvas[y, 70 : WIDTH - 30]) * 0.3
        write(canvas, figure(rng), type_, 10, ink, 14, y - 5)
    for x in range(90, WIDTH - 60, 90):
        write(canvas, word(rng), type_, 10, ink, x, HEIGHT - 30)
    box(canvas, (70, 30, WIDTH - 30, HEIGHT - 45), ink, 1)
    return canvas


def bar_chart(rng: Rng) -> Canvas:
    """Groups of coloured bars over an axis."""
    canvas, colours = _axes(rng), [colour(rng) for _ in range(int(rng.integers(1, 4)))]
    for x in range(90, WIDTH - 80, 90):
        for place, fill in enumerate(colours):
            left = x + place * 20
            box(canvas, (left, int(rng.integers(50, HEIGHT - 60)), left + 16, HEIGHT - 46), fill)
    return canvas


def line_chart(rng: Rng) -> Canvas:
    """Several curves with round markers."""
    canvas = _axes(rng)
    xs = np.arange(80, WIDTH - 40, 30)
    for _ in range(int(rng.integers(2, 6))):
        walk = np.cumsum(rng.normal(0, 22, len(xs))) + rng.integers(120, 280)
        points = np.stack((xs, np.clip(walk, 40, HEIGHT - 60)), 1).astype(np.int32)
        ink = colour(rng)
        cv2.polylines(canvas, [points], False, ink, 2, cv2.LINE_AA)
        for x, y in points.tolist():
            cv2.circle(canvas, (x, y), 5, ink, -1, cv2.LINE_AA)
    return canvas


def icon_sheet(rng: Rng) -> Canvas:
    """Icons in rows and columns, on discs or not."""
    canvas, ink = sheet(rng, maybe(rng, 0.4))
    names, discs = tuple(f.name for f in families("all")), maybe(rng, 0.4)
    pitch = int(rng.integers(48, 100))
    for y in range(pitch // 2, HEIGHT - pitch // 3, pitch):
        for x in range(pitch // 2, WIDTH - pitch // 3, pitch):
            if discs:
                cv2.circle(canvas, (x, y), int(pitch * 0.42), colour(rng), -1, cv2.LINE_AA)
            drawn = icons.render(any_icon(rng, names), pitch * 0.55)
            half = drawn.shape[0] // 2
            stamps.lay(canvas, drawn.astype(np.float32) / 255, ink, x - half, y - half)
    return canvas


def comic(rng: Rng) -> Canvas:
    """Framed panels with figures and speech balloons."""
    canvas, _ = sheet(rng)
    type_ = face(rng)
    panels = int(rng.integers(3, 6))
    for row in range(2):
        for panel in range(panels):
            x, y, wide = 10 + panel * 985 // panels, 8 + row * 196, 985 // panels - 10
            box(canvas, (x, y, x + wide, y + 186), colour(rng))
            head = (x + int(rng.integers(wide // 4, 3 * wide // 4)), y + 120)
            cv2.ellipse(canvas, (head[0], head[1] + 62), (34, 44), 0, 180, 360, colour(rng), -1)
            cv2.circle(canvas, head, 24, colour(rng), -1, cv2.LINE_AA)
            middle = (x + wide // 2, y + 36)
            cv2.ellipse(canvas, middle, (wide // 2 - 12, 26), 0, 0, 360, WHITE, -1, cv2.LINE_AA)
            write(canvas, word(rng), type_, 12, (10.0, 10.0, 10.0), middle[0] - wide // 4, y + 30)
            box(canvas, (x, y, x + wide, y + 186), (10.0, 10.0, 10.0), 2)
    return canvas
