"""From a picture to five tiles and a hint on the normalised scale."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from solver.errors import PictureError
from solver.picture import Picture
from solver.solution import TILE, TILES

#: Width : height of a composite, two rows of tiles.
ASPECT = TILES / 2

#: How far the aspect of a picture may be off, as a factor.
ASPECT_SLACK = 1.12

#: Smallest side of a tile, in pixels, that still shows its icons.
MIN_TILE = 40


@dataclass(frozen=True, slots=True)
class Layout:
    """A puzzle taken apart.

    `tiles` is (5, 200, 200, 3) and `hint` (200, 200, 3), uint8 RGB; `scale` is how many pixels of
    the input picture one normalised pixel spans, and `size` the input's (width, height).
    """

    tiles: Picture
    hint: Picture
    scale: float
    size: tuple[int, int]


def split(picture: Picture) -> Layout:
    """Take a composite apart; its tiles are a fifth of its width.

    Args:
        picture: (H, W, 3) uint8 RGB.

    Raises:
        PictureError: `not_a_puzzle` when the proportions are clearly off, `too_small` when a tile
            is under 40 pixels.
    """
    height, width = picture.shape[:2]
    _check(width, height)
    full = resize(picture, TILES * TILE, round(height * TILES * TILE / width))
    full = _fit_height(full, 2 * TILE)
    tiles = full[:TILE].reshape(TILE, TILES, TILE, 3).transpose(1, 0, 2, 3)
    return Layout(
        tiles=np.ascontiguousarray(tiles),
        hint=np.ascontiguousarray(full[TILE:, :TILE]),
        scale=width / (TILES * TILE),
        size=(width, height),
    )


def compose(strip: Picture, hint: Picture) -> Picture:
    """Join the two parts of a puzzle to a composite, in the scale of the strip.

    Args:
        strip: the five tiles, (T, 5T, 3).
        hint: a picture of any size; it is scaled to fit into T x T, its proportions kept.

    Raises:
        PictureError: `not_a_puzzle` when the strip is not about five times as wide as high.
    """
    height, width = strip.shape[:2]
    if not TILES / ASPECT_SLACK <= width / height <= TILES * ASPECT_SLACK:
        message = (
            f"The strip is {width} x {height} pixels; five square tiles side by side are five "
            "times as wide as high. Give the strip first and the hint with --hint."
        )
        raise PictureError("not_a_puzzle", message)
    tile = round(width / TILES)
    factor = tile / max(hint.shape[:2])
    small = resize(
        hint, max(1, round(hint.shape[1] * factor)), max(1, round(hint.shape[0] * factor))
    )
    canvas = np.full((2 * tile, width, 3), 255, np.uint8)
    canvas[:tile] = resize(strip, width, tile)
    canvas[tile : tile + small.shape[0], : small.shape[1]] = small
    return canvas


def resize(picture: Picture, width: int, height: int) -> Picture:
    """Resample without aliasing; a picture that has the size already is returned as it is."""
    if picture.shape[:2] == (height, width):
        return picture
    shrinks = width * height < picture.shape[0] * picture.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=method), np.uint8)


def _check(width: int, height: int) -> None:
    if not ASPECT / ASPECT_SLACK <= width / height <= ASPECT * ASPECT_SLACK:
        message = (
            f"The picture is {width} x {height} pixels; a puzzle is five tiles over a row with the "
            f"hint, 2.5 times as wide as high (1000 x 400, say), so {width} x "
            f"{round(width / ASPECT)} was expected here. Crop it to the puzzle, or give the strip "
            "of tiles and the hint as two files."
        )
        raise PictureError("not_a_puzzle", message)
    if width < TILES * MIN_TILE:
        message = (
            f"The picture is only {width} pixels wide, {width // TILES} a tile; at least "
            f"{TILES * MIN_TILE} are needed to see the icons. Give it at its original size."
        )
        raise PictureError("too_small", message)


def _fit_height(picture: Picture, height: int) -> Picture:
    missing = height - picture.shape[0]
    if missing <= 0:
        return picture[:height]
    return np.pad(picture, ((0, missing), (0, 0), (0, 0)), mode="edge")
