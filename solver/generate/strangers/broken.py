"""Puzzles that lack what makes them puzzles."""

from __future__ import annotations

import cv2
import numpy as np

from solver.generate import digits, stamps
from solver.generate.arrays import Canvas
from solver.generate.chance import Rng, pick
from solver.generate.colours import opposite
from solver.generate.drawing import draw
from solver.generate.strangers import scenes
from solver.generate.strangers.sheets import HEIGHT, WIDTH, colour, face
from solver.generate.truth import TILE, TILES, Box, Truth
from solver.generate.unseen.grounds import FIELDS


def _whole(rng: Rng) -> tuple[Canvas, Truth]:
    """A puzzle that is whole, (400, 1000, 3) float32 RGB, of any looks."""
    drawn = draw(int(rng.integers(1 << 62)), 0, pick(rng, ("easy", "medium")), "all", "train")
    picture = cv2.resize(drawn.picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return picture.astype(np.float32), drawn.truth


def upside_down(rng: Rng) -> Canvas:
    """Turned by half a turn, so that the hint is at the top right."""
    canvas, _ = _whole(rng)
    return np.ascontiguousarray(canvas[::-1, ::-1])


def no_hint(rng: Rng) -> Canvas:
    """Five tiles above nothing."""
    canvas, _ = _whole(rng)
    canvas[TILE:] = canvas[-5, -5]
    return canvas


def no_tiles(rng: Rng) -> Canvas:
    """A hint below nothing."""
    canvas, _ = _whole(rng)
    canvas[:TILE] = colour(rng)
    return canvas


def photo_hint(rng: Rng) -> Canvas:
    """Five tiles and a photograph."""
    canvas, _ = _whole(rng)
    shown = pick(rng, (scenes.texture, scenes.landscape))(rng)
    canvas[TILE:, :TILE] = cv2.resize(shown[:, :HEIGHT], (TILE, TILE))
    return canvas


def five_pictures(rng: Rng) -> Canvas:
    """A good hint below five pictures that are no systems."""
    canvas, _ = _whole(rng)
    for tile in range(TILES):
        field = pick(rng, tuple(FIELDS.values()))(rng)
        canvas[:TILE, tile * TILE : (tile + 1) * TILE] = scenes.mixed(
            colour(rng), colour(rng), field
        )
    return canvas


def foreign_hint(rng: Rng) -> Canvas:
    """The tiles of one puzzle above the hint of another, whose icon they do not show."""
    canvas, truth = _whole(rng)
    while True:
        other, theirs = _whole(rng)
        if theirs.icon not in {planet.icon for planet in truth.planets}:
            canvas[TILE:] = other[TILE:]
            return canvas


def _wiped(canvas: Canvas, box: Box) -> None:
    """Paint paper over what a box holds."""
    x0, y0 = max(int(box.x) - 2, 0), max(int(box.y) - 2, TILE)
    x1, y1 = int(box.x + box.width) + 3, int(box.y + box.height) + 3
    edge = (canvas[y0, x0:x1], canvas[min(y1, HEIGHT) - 1, x0:x1], canvas[y0:y1, x0])
    canvas[y0:y1, x0:x1] = np.median(np.concatenate(edge), axis=0)


def no_digit(rng: Rng) -> Canvas:
    """Its hint shows an icon alone."""
    canvas, truth = _whole(rng)
    _wiped(canvas, truth.digit_box)
    return canvas


def no_icon(rng: Rng) -> Canvas:
    """Its hint shows a digit alone."""
    canvas, truth = _whole(rng)
    _wiped(canvas, truth.icon_box)
    return canvas


def digit_beyond_five(rng: Rng) -> Canvas:
    """Its hint asks for an orbit that there is not."""
    canvas, truth = _whole(rng)
    box = truth.digit_box
    _wiped(canvas, box)
    red, green, blue = canvas[int(box.y), int(box.x)].tolist()
    drawn = digits.render(face(rng), int(rng.integers(6, 10)), box.height)
    cover = drawn.astype(np.float32) / 255
    stamps.lay(canvas, cover, opposite((red, green, blue)), int(box.x), int(box.y))
    return canvas
