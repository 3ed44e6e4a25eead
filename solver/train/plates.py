"""Plates and frames that a digit or an icon is set in: closed shapes of no one kind."""

from __future__ import annotations

import cv2
import numpy as np

from solver.nets.run import Floats
from solver.train.degrade import Rng

#: Angles at which an outline is drawn.
TURNS = np.linspace(0, 2 * np.pi, 72, endpoint=False)

#: Share of the shapes that are filled; of the others only the edge is drawn.
FILLED = 0.7


def outline(shape: tuple[int, ...], rng: Rng) -> Floats:
    """A random closed shape around a mask (h, w): (72, 2) x and y from the mask's middle.

    It holds the corners of the mask, nearly: some masks leave their corners empty.
    """
    reach = _rounded(rng) if rng.random() < 0.5 else _cornered(rng)
    stretch = np.array([1.0, 1.0])
    if rng.random() < 0.3:
        stretch = np.array([shape[1], shape[0]]) / max(shape)
    corners = np.array([shape[1], shape[0]]) / (2 * stretch)
    aslant = np.arctan2(corners[1], corners[0])
    ways = np.array([aslant, np.pi - aslant, np.pi + aslant, -aslant])
    steps = np.round(ways / (2 * np.pi) * len(TURNS)).astype(int) % len(TURNS)
    size = float(np.hypot(*corners)) / reach[steps].min() * rng.uniform(0.95, 1.4)
    curve = reach[:, None] * np.stack((np.cos(TURNS), np.sin(TURNS)), axis=1)
    return np.asarray(size * stretch * curve, np.float32)


def set_in(canvas: Floats, points: Floats, ink: Floats, ground: Floats, rng: Rng) -> None:
    """Draw a closed shape (N, 2) in the ink or another colour that shows on the ground."""
    colour = ink if rng.random() < 0.7 else np.float32(rng.uniform(0, 255, 3))
    if abs(float(np.mean(colour - ground))) < 60:
        colour = np.full(3, 0.0 if float(np.mean(ground)) > 127 else 255.0, np.float32)
    corners = [np.round(points * 16).astype(np.int32)]
    shade = np.asarray(colour, np.float64).tolist()
    if rng.random() < FILLED:
        cv2.fillPoly(canvas, corners, shade, cv2.LINE_AA, 4)
    else:
        cv2.polylines(canvas, corners, True, shade, int(rng.integers(1, 6)), cv2.LINE_AA, 4)


def _rounded(rng: Rng) -> Floats:
    """A circle, waved or drawn out to a box of round corners: its reach at `TURNS`."""
    reach = np.ones(len(TURNS))
    if rng.random() < 0.5:
        for order in range(2, 9):
            wave = np.cos(order * TURNS + rng.uniform(0, 2 * np.pi))
            reach += rng.normal(0, 0.1) / order * wave
    if rng.random() < 0.5:
        sides = np.maximum(np.abs(np.cos(TURNS)), np.abs(np.sin(TURNS)))
        reach /= sides ** rng.uniform(0.5, 1)
    return reach


def _cornered(rng: Rng) -> Floats:
    """A polygon of three to eight sides, upright or turned: its reach at `TURNS`."""
    sides = int(rng.integers(3, 9))
    turn = rng.choice((0.0, np.pi / 2, np.pi / sides, rng.uniform(0, 2 * np.pi)))
    within = (TURNS + turn) % (2 * np.pi / sides) - np.pi / sides
    return np.asarray(1 / np.cos(within))
