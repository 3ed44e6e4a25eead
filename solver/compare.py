"""Comparing the hint's icon with every planet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.crops import MARGIN, cut
from solver.encoders import Encoder
from solver.hint import Hint
from solver.layout import Layout
from solver.nets.run import Floats
from solver.planets import Planets

#: Scales at which the hint's icon is compared, against errors of the boxes.
HINT_SCALES = (0.92, 1.0, 1.09)


def similarities(
    encoder: Encoder, layout: Layout, hint: Hint, planets: Sequence[Planets]
) -> list[Floats]:
    """How much each planet looks like the hint's icon, for every tile: 5 x (N_i,) in -1..1."""
    sides = hint.icon_size * MARGIN * np.asarray(HINT_SCALES, np.float32)
    middles = np.repeat(np.asarray([hint.icon_box.centre], np.float32), len(sides), axis=0)
    wanted = encoder.embed_hint(cut(layout.hint, middles, sides))
    crops = [
        cut(tile, found.points, MARGIN * found.sizes)
        for tile, found in zip(layout.tiles, planets, strict=True)
    ]
    similarity = encoder.similarity(wanted, encoder.embed(np.concatenate(crops)))
    ends = np.cumsum([len(found.points) for found in planets])[:-1]
    return np.split(similarity, ends)
