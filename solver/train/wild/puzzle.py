"""Puzzles of random hints and tiles, whose planets carry the asked icon, look-alikes and others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.generate.icons import Icon
from solver.train.degrade import Rng
from solver.train.hint_scenes import hint_scene
from solver.train.matching import TILES_OF_EACH
from solver.train.scenes import PuzzleScene
from solver.train.wild.tile import told_tile

#: How often the asked icon, its look-alikes together, and other icons stand among those drawn.
ASKED, ALIKE, OTHERS = 2, 3, 7


def wild_puzzle(group: Sequence[Icon], pool: Sequence[Icon], rng: Rng) -> PuzzleScene:
    """Draw as many tiles as a step looks at, and a hint that asks for the first icon of a group.

    The answer is not told: the tiles share no orbits.
    """
    asked, alike = group[0], group[1:] or group[:1]
    hint = hint_scene([asked], rng)
    pairs = []
    for _ in range(TILES_OF_EACH):
        near = [alike[int(k)] for k in rng.integers(len(alike), size=ALIKE)]
        others = [pool[int(k)] for k in rng.integers(len(pool), size=OTHERS)]
        pairs.append(told_tile([asked] * ASKED + near + others, rng))
    return PuzzleScene(
        tiles=tuple(tile for tile, _ in pairs),
        hint=hint,
        asked=tuple(np.array([icon == asked for icon in icons], np.bool_) for _, icons in pairs),
        answer=0,
    )
