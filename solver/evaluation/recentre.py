"""The centre of the orbits that a label speaks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solver.geometry import Geometry, rank_probabilities
from solver.solution import Box

#: How far, and in what steps, a centre is moved in search of the labelled orbits, px of a tile.
REACH, STEP = 20, 4
#: Standard deviation of the move that is thought likely, px.
LIKELY = 8.0


def recentred(geometry: Geometry, boxes: Sequence[Box | None], answer: int, digit: int) -> Geometry:
    """The likeliest centre under which the `+` of the answer alone is on the orbit asked for.

    Labels mark no centre, but they say on which orbit one `+` stands and that the others stand
    elsewhere. Weighed are the other readings of the picture and the best one moved about. `boxes`
    are in pixels of their tile; `answer` and `digit` count from 1.
    """
    marked = [(tile, box.centre) for tile, box in enumerate(boxes, 1) if box is not None]
    points = np.array([point for _, point in marked]).reshape(-1, 2)
    right = np.array([tile == answer for tile, _ in marked])

    def log_posterior(candidate: tuple[Geometry, float]) -> float:
        on = rank_probabilities(candidate[0], points)[:, digit - 1]
        return float(_log(np.where(right, on, 1 - on)).sum()) + candidate[1]

    return max(_candidates(geometry), key=log_posterior)[0]


def _candidates(geometry: Geometry) -> Iterator[tuple[Geometry, float]]:
    """Readings without a rival, each with its log prior; the best reading as it is comes first."""
    for reading in (geometry, *geometry.rivals):
        yield replace(reading, weight=1.0, rivals=()), float(_log(np.array(reading.weight)))
    x, y = geometry.centre
    moves = np.arange(-REACH, REACH + 1, STEP, dtype=float)
    for right in moves:
        for down in moves:
            moved = replace(geometry, centre=(x + right, y + down), weight=1.0, rivals=())
            yield moved, -0.5 * (right**2 + down**2) / LIKELY**2


def _log(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.maximum(probability, 1e-9))
