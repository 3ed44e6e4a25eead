"""Calibration refitted on labelled puzzles that nothing was trained on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solver import pipeline
from solver.calibration import Calibration, Example, fit
from solver.dataset import Dataset, LabelledPuzzle
from solver.digit import Ocr
from solver.errors import PictureError
from solver.evaluation import answer_of
from solver.finetune.errors import Cancelled
from solver.finetune.plan import Progress, Stop, Tell
from solver.model import Model
from solver.picture import decode, read
from solver.report import answer
from solver.solution import TILE, TILES, Box
from solver.stages import Stages

#: Version of this stage's code: a change makes it run again.
VERSION = 1

#: Puzzles from which on the confidence is fitted, too.
MANY = 60


def examples(
    dataset: Dataset, model: Model, ocr: Ocr | None, tell: Tell, stop: Stop
) -> Iterator[Example]:
    """What the decision is given for each puzzle, and what its label says.

    A puzzle that lacks its digit, its answer or one of its five `+` is passed over: it cannot tell
    what is right.
    """
    for number, puzzle in enumerate(dataset.puzzles, 1):
        if stop():
            raise Cancelled("The training was cancelled while its confidence was calibrated.")
        if puzzle.digit is not None and all(puzzle.targets):
            yield from _example(dataset, puzzle, puzzle.digit, model, ocr)
        tell(Progress("calibrate", number, len(dataset.puzzles)))


def calibrated(told: Sequence[Example], parent: Calibration) -> Calibration:
    """The calibration fitted to some puzzles; its confidence is the parent's where they are few.

    An answer's confidence can be no surer than the examples are many: with fifteen, all right, it
    would end at 16/17. The path from certainty to confidence is much the same for parent and child.
    """
    if not told:
        return parent
    fitted = fit(told)
    if len(told) >= MANY:
        return fitted
    kept = parent.confidence_slope, parent.confidence_intercept
    return replace(fitted, confidence_slope=kept[0], confidence_intercept=kept[1])


def _example(
    dataset: Dataset, puzzle: LabelledPuzzle, digit: int, model: Model, ocr: Ocr | None
) -> Iterable[Example]:
    try:
        stages = pipeline.run(decode(read(dataset.path(puzzle))), model, ocr)
        tile = answer_of(puzzle, answer(stages).seen)
    except PictureError:
        return []
    if tile is None:
        return []
    return [
        Example(
            digit_probabilities=stages.digits,
            ranks=stages.ranks,
            similarities=stages.similarities,
            scores=tuple(found.scores for found in stages.found.planets),
            digit=digit,
            tile=tile,
            matches=_matches(puzzle, stages),
        )
    ]


def _matches(puzzle: LabelledPuzzle, stages: Stages) -> tuple[NDArray[np.bool_], ...]:
    """Which of the planets found in each tile stand in its `+`."""
    height = stages.layout.size[1] / stages.layout.scale
    boxes = [target and target.scaled(TILES * TILE, height) for target in puzzle.targets]
    return tuple(
        np.array([_inside(box, x + TILE * tile, y) for x, y in found.points], np.bool_)
        for tile, (box, found) in enumerate(zip(boxes, stages.found.planets, strict=True))
    )


def _inside(box: Box | None, x: float, y: float) -> bool:
    return box is not None and box.contains(x, y)
