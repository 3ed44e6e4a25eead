"""How well an encoder tells the icon asked for from the other planets of held-back puzzles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.compare import BEST_VIEWS, evidence
from solver.encoders import Encoder
from solver.evaluation.statistics import roc_auc
from solver.finetune.pairs import VIEW, Pairs

#: How alike some views of the hint and some planets are: rows of `Pairs` (V,), (N,) to (V, N).
Compare: TypeAlias = Callable[[NDArray[np.intp], NDArray[np.intp]], Floats]

#: Puzzles that are looked at after each epoch, which bounds the time that takes.
MOST = 200

#: Tiles in which the likeliest planet must be the one asked for, so that the icon is sure.
SURE = 4


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


def confirmed(pairs: Pairs, puzzles: Sequence[int], encoder: Encoder) -> frozenset[int]:
    """Puzzles whose views do show the icon: their likeliest planets are those in the `+`.

    An encoder finds them as the solver does; that must be so in `SURE` tiles.
    """
    return frozenset(puzzle for puzzle in puzzles if _right(pairs, puzzle, encoder) >= SURE)


def _right(pairs: Pairs, puzzle: int, encoder: Encoder) -> int:
    """In how many tiles the likeliest planet is the one asked for."""
    planets, views = planets_of(pairs, puzzle), views_of(pairs, puzzle)
    masks = [pairs.role[planets] == tile for tile in np.unique(pairs.role[planets])]

    def best(similarity: Floats) -> NDArray[np.signedinteger[Any]]:
        fits = evidence([similarity[:, mask] for mask in masks])
        return np.argsort(-fits, kind="stable")[:BEST_VIEWS]

    alike = encoder.likeness(pairs.crops[views], pairs.crops[planets], best)
    return sum(bool(pairs.asked[planets][mask][alike[mask].argmax()]) for mask in masks)
