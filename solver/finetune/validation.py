"""How well an encoder tells the icon asked for from the other planets of held-back puzzles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.compare import evidence
from solver.evaluation.statistics import roc_auc
from solver.finetune.pairs import VIEW, Pairs

#: How alike some views of the hint and some planets are: rows of `Pairs` (V,), (N,) to (V, N).
Compare: TypeAlias = Callable[[NDArray[np.intp], NDArray[np.intp]], Floats]

#: Puzzles that are looked at after each epoch, which bounds the time that takes.
MOST = 200


def planets_of(pairs: Pairs, puzzle: int) -> NDArray[np.intp]:
    """The rows of a puzzle's planets that are learnt from."""
    rows = pairs.rows(puzzle)
    return np.asarray(np.flatnonzero(pairs.role[rows] > 0) + rows.start, np.intp)


def views_of(pairs: Pairs, puzzle: int) -> NDArray[np.intp]:
    """The rows of the views of a puzzle's icon, the smallest scale first."""
    rows = pairs.rows(puzzle)
    return np.asarray(np.flatnonzero(pairs.role[rows] == VIEW) + rows.start, np.intp)


def validation_auc(pairs: Pairs, puzzles: Sequence[int], compare: Compare) -> float:
    """The ROC-AUC over the planets of some puzzles under the view that fits each puzzle best."""
    positives, negatives = list[Floats](), list[Floats]()
    for puzzle in puzzles[:MOST]:
        planets = planets_of(pairs, puzzle)
        if not len(planets):
            continue
        similarity = compare(views_of(pairs, puzzle), planets)
        tiles = pairs.role[planets]
        best = evidence([similarity[:, tiles == tile] for tile in np.unique(tiles)]).argmax()
        asked = pairs.asked[planets]
        positives.append(similarity[best, asked])
        negatives.append(similarity[best, ~asked])
    nothing = np.zeros(0, np.float32)
    auc = roc_auc(np.concatenate([nothing, *positives]), np.concatenate([nothing, *negatives]))
    return 0.5 if auc is None else auc
