"""What the trained stages say of fresh puzzles, with the truth: what the decision is fitted to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from solver import pipeline
from solver.calibration import Example
from solver.errors import PictureError
from solver.generate import Drawn, Truth, draw
from solver.model import Model
from solver.ocr import EasyOcr
from solver.picture import decode
from solver.solution import TILE, TILES
from solver.stages import Stages
from solver.train.degrade import degrade

#: A found planet is the true one within this many pixels.
NEAR = 8.0

#: Index of the first generated puzzle that serves for calibration and nothing else.
FIRST = 400_000


def examples(model: Model, seed: int, count: int) -> Iterator[Example]:
    """Solve generated puzzles whose icons and digit faces no net was trained on, damaged twice.

    Undamaged they are of the styles that the nets know best, and hardly one is answered wrong: what
    is fitted to them says little of pictures from elsewhere.
    """
    ocr = EasyOcr()
    for drawn in _drawn(seed, range(FIRST, FIRST + count)):
        rng = np.random.default_rng([seed, drawn.truth.index])
        picture = degrade(degrade(decode(drawn.data), rng), rng)
        try:
            stages = pipeline.run(picture, model, ocr)
        except PictureError:
            continue
        yield example(stages, drawn.truth)


def example(stages: Stages, truth: Truth) -> Example:
    """What the decision is given, and what is true."""
    return Example(
        digit_probabilities=stages.digits,
        ranks=stages.ranks,
        similarities=stages.similarities,
        scores=tuple(tile.scores for tile in stages.found.planets),
        digit=truth.digit,
        tile=truth.answer,
        matches=tuple(asked(stages, truth, number) for number in range(1, TILES + 1)),
    )


def asked(stages: Stages, truth: Truth, number: int) -> NDArray[np.bool_]:
    """Which of the planets found in a tile have the asked icon, (N,)."""
    points = stages.found.planets[number - 1].points
    left = TILE * (number - 1)
    wanted = [p for p in truth.planets if p.tile == number and p.icon == truth.icon]
    places = np.array([(p.x - left, p.y) for p in wanted], np.float32).reshape(-1, 2)
    gaps = np.linalg.norm(points[:, None] - places[None], axis=2)
    return np.asarray((gaps <= NEAR).any(axis=1))


def _drawn(seed: int, indices: Iterable[int]) -> Iterator[Drawn]:
    for index in indices:
        yield draw(seed, index, "mix", "calibration")
