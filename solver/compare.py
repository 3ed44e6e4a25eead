"""Comparing the hint's icon with every planet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.crops import MARGIN, cut
from solver.encoders import Encoder
from solver.hint import Hint
from solver.layout import Layout
from solver.picture import Picture
from solver.planets import Planets

#: Scales at which the hint's icon is looked at: a frame about it may belong to it or not.
SCALES = (0.7, 0.82, 0.91, 1.0, 1.1, 1.22, 1.4, 1.65)

#: Views that are averaged, the ones that fit the tiles best.
BEST_VIEWS = 3


def similarities(
    encoder: Encoder, layout: Layout, hint: Hint, planets: Sequence[Planets]
) -> list[Floats]:
    """How much each planet looks like the hint's icon, for every tile: 5 x (N_i,) in -1..1.

    The icon stands in every tile. So of some views of the hint those count that find the best
    match in all tiles together; a box that is wrong by a frame costs nothing then.
    """
    crops = [
        cut(tile, found.points, MARGIN * found.sizes)
        for tile, found in zip(layout.tiles, planets, strict=True)
    ]
    ends = np.cumsum([len(found.points) for found in planets])[:-1]

    def best(similarity: Floats) -> NDArray[np.signedinteger[Any]]:
        tiles = np.split(similarity, ends, axis=1)
        return np.argsort(-evidence(tiles), kind="stable")[:BEST_VIEWS]

    return np.split(encoder.likeness(views(layout.hint, hint), np.concatenate(crops), best), ends)


def views(picture: Picture, hint: Hint) -> Picture:
    """Crops of the hint around the likely icons, at all scales: (V, 64, 64, 3) uint8."""
    icons = ((hint.icon_box, hint.icon_size), *hint.other_icons)
    middles = np.repeat([box.centre for box, _ in icons], len(SCALES), axis=0)
    sides = np.outer([size for _, size in icons], SCALES).ravel()
    return cut(picture, middles, MARGIN * sides)


def evidence(tiles: Sequence[Floats]) -> Floats:
    """How well each view (V,) finds its icon in all tiles: the mean of the tiles' best (V, N_i)."""
    best = [tile.max(axis=1) for tile in tiles if tile.shape[1]]
    return np.mean(best, axis=0) if best else np.zeros(len(tiles[0]))
