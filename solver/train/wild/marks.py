"""Random marks of orbits: runs of a changing line, beads, bands between them, numbers."""

from __future__ import annotations

import string

import cv2
import numpy as np

from solver.nets.run import Floats
from solver.picture import Picture
from solver.solution import ORBITS
from solver.train.degrade import Rng
from solver.train.wild.canvas import apart, colour, fill, outline, stroke
from solver.train.wild.orbits import Orbits

#: Angles at which an orbit's line may change.
STEPS = 160

SIGNS = string.digits + string.ascii_letters


def mark(canvas: Picture, orbits: Orbits, rng: Rng) -> None:
    """Draw bands, lines and numbers, each by chance, more or less strongly."""
    layer = canvas.copy()
    average = canvas[::8, ::8].mean(axis=(0, 1))
    if rng.random() < 0.2:
        _bands(layer, orbits, rng)
    if rng.random() < 0.8:
        _lines(layer, orbits, average, rng)
    share = float(rng.uniform(0.2, 1) if rng.random() < 0.6 else 1)
    cv2.addWeighted(layer, share, canvas, 1 - share, 0, dst=canvas)
    if rng.random() < 0.2:
        _numbers(canvas, orbits, average, rng)


def _bands(layer: Picture, orbits: Orbits, rng: Rng) -> None:
    turns = np.linspace(0, 2 * np.pi, 90)
    step = float(np.diff(orbits.radii).mean())
    middle = float(rng.choice([0.0, 0.5])) * step
    shades = [colour(rng) for _ in range(ORBITS)]
    if rng.random() < 0.5:
        shades = [shades[rank % 2] for rank in range(ORBITS)]
    wide = rng.uniform(0.15, 0.5) * step
    for rank in reversed(range(ORBITS)):
        ring = orbits.at(rank, turns, middle)
        if rng.random() < 0.9:
            stroke(layer, ring, shades[rank], max(1, round(2 * wide)))


def _lines(layer: Picture, orbits: Orbits, average: Floats, rng: Rng) -> None:
    own_colours = rng.random() < 0.15
    ink = apart(average, 40.0, rng)
    draw = (_runs, _runs, _whole, _beads, _crossed)[int(rng.integers(5))]
    seed = int(rng.integers(2**32))
    for rank in range(ORBITS):
        shade = apart(average, 40.0, rng) if own_colours else ink
        if rng.random() < 0.97:
            draw(layer, orbits, rank, shade, np.random.default_rng(seed))


def _whole(layer: Picture, orbits: Orbits, rank: int, ink: Floats, rng: Rng) -> None:
    turns = np.linspace(0, 2 * np.pi, STEPS)
    stroke(layer, orbits.at(rank, turns), ink, _width(orbits, rng))


def _width(orbits: Orbits, rng: Rng) -> int:
    """A line's width in pixels: mostly thin, now and then nearly as broad as the gaps."""
    if rng.random() < 0.75:
        return int(rng.integers(1, 6))
    return round(float(np.diff(orbits.radii).mean()) * rng.uniform(0.2, 0.85))


def _runs(layer: Picture, orbits: Orbits, rank: int, ink: Floats, rng: Rng) -> None:
    """Pieces of random lengths; their width, shade and reach change along the way."""
    longest, widest = rng.uniform(3, 50), _width(orbits, rng)
    change, loose = rng.uniform(0, 70), rng.uniform(0, 1.2)
    lengths, start = np.maximum(2, rng.uniform(0.2, 1, (60, 2)) * longest), 0.0
    even = rng.random() < 0.5
    gap = rng.uniform(0.05, 1)
    for drawn, space in lengths:
        piece = longest if even else drawn
        points = np.linspace(start, start + piece, 3 + int(piece / 3))
        wobble = rng.normal(0, loose)
        line = orbits.at(rank, points * (2 * np.pi / STEPS), wobble)
        shade = np.clip(ink + rng.uniform(-1, 1) * change, 0, 255)
        stroke(layer, line, shade, int(rng.integers(1, widest + 1)), closed=False)
        start += piece + gap * (longest if even else space)
        if start > STEPS:
            return


def _beads(layer: Picture, orbits: Orbits, rank: int, ink: Floats, rng: Rng) -> None:
    bead = outline(rng) * rng.uniform(1, 3.5)
    hollow = rng.random() < 0.25
    spacing = rng.uniform(4, 16)
    count = int(2 * np.pi * orbits.radii[rank] / spacing) + 1
    turns = np.arange(count) * (2 * np.pi / count)
    points = orbits.at(rank, turns, rng.normal(0, rng.uniform(0, 0.6), count))
    seen = points[np.all((points > -4) & (points < 204), axis=1)]
    for point in seen:
        if hollow:
            stroke(layer, point + bead, ink, 1)
        else:
            fill(layer, point + bead, ink)


def _crossed(layer: Picture, orbits: Orbits, rank: int, ink: Floats, rng: Rng) -> None:
    """Short strokes across the orbit, at a slant, on a thin line or on none."""
    count = int(2 * np.pi * orbits.radii[rank] / rng.uniform(4, 14)) + 1
    turns = np.arange(count) * (2 * np.pi / count)
    half, slant = rng.uniform(1, 4), rng.uniform(-0.05, 0.05)
    ends = np.stack(
        (orbits.at(rank, turns - slant, -half), orbits.at(rank, turns + slant, half)), axis=1
    )
    width = int(rng.integers(1, 3))
    for line in ends:
        if np.all((line > -4) & (line < 204)):
            stroke(layer, line, ink, width, closed=False)
    if rng.random() < 0.4:
        stroke(layer, orbits.at(rank, np.linspace(0, 2 * np.pi, STEPS)), ink, 1)


def _numbers(canvas: Picture, orbits: Orbits, average: Floats, rng: Rng) -> None:
    """A sign beside each orbit, alone or on a small blob: no planet, for it has no icon."""
    scale, turn = float(rng.uniform(0.3, 0.7)), rng.uniform(0, 2 * np.pi)
    face = int(rng.choice((0, 1, 2, 3, 4, 6)))
    plate, blob = apart(average, 30.0, rng), outline(rng) * 14 * scale
    on_plate, scattered = rng.random() < 0.5, rng.random() < 0.5
    ink = apart(plate if on_plate else average, 60.0, rng)
    counted = rng.random() < 0.6
    for rank in range(ORBITS):
        where = turn if not scattered else rng.uniform(0, 2 * np.pi)
        point = orbits.at(rank, np.array([where]), rng.uniform(-5, 5))[0]
        if on_plate:
            fill(canvas, point + blob, plate)
        sign = str(rank + 1) if counted else SIGNS[int(rng.integers(len(SIGNS)))]
        (width, height), _ = cv2.getTextSize(sign, face, scale, 1)
        corner = (round(float(point[0]) - width / 2), round(float(point[1]) + height / 2))
        cv2.putText(canvas, sign, corner, face, scale, ink.tolist(), 1, cv2.LINE_AA)
