"""Runs a solver over a labelled dataset."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from solver.dataset import Dataset, LabelledPuzzle
from solver.errors import PictureError
from solver.evaluation.outcome import Outcome
from solver.evaluation.score import score
from solver.evaluation.summary import Summary, Tally
from solver.picture import read
from solver.solution import Failure, Solution

#: Pictures that are read and handed to the solver together.
BATCH = 16


class Solver(Protocol):
    """What evaluates and checks labels: `solver.load_solver` gives one."""

    @property
    def model_id(self) -> str:
        """The model's name and hash."""

    def solve(self, pictures: Sequence[bytes]) -> Sequence[Solution | Failure]:
        """One outcome a picture, in order; a bad picture is a Failure, never raised."""


def evaluate(
    dataset: Dataset, solver: Solver, progress: Callable[[int], None] = lambda done: None
) -> tuple[Summary, list[Outcome]]:
    """The figures of a solver on a dataset, and how each puzzle went, in the dataset's order.

    `progress` is told how many are done. The speed is that of the solver alone. To bound the
    memory the outcomes come without their similarities, which the figures already hold.
    """
    tally, outcomes, seconds = Tally(), list[Outcome](), 0.0
    for puzzle, solved, took in solve(dataset, solver):
        outcome = score(puzzle, solved)
        tally.add(outcome)
        outcomes.append(replace(outcome, positives=(), negatives=()))
        seconds += took
        progress(len(outcomes))
    return tally.summary(solver.model_id, seconds), outcomes


def solve(
    dataset: Dataset, solver: Solver
) -> Iterator[tuple[LabelledPuzzle, Solution | Failure, float]]:
    """Each puzzle with what the solver says of its picture and the seconds that this took.

    A picture that cannot be read is a Failure. DatasetError where the labels have no folder.
    """
    puzzles = dataset.puzzles
    for start in range(0, len(puzzles), BATCH):
        batch = puzzles[start : start + BATCH]
        contents = [_content(dataset, puzzle) for puzzle in batch]
        pictures = [content for content in contents if isinstance(content, bytes)]
        began = time.perf_counter()
        solved = iter(solver.solve(pictures) if pictures else ())
        took = (time.perf_counter() - began) / len(batch)
        for puzzle, content in zip(batch, contents, strict=True):
            yield puzzle, next(solved) if isinstance(content, bytes) else content, took


def _content(dataset: Dataset, puzzle: LabelledPuzzle) -> bytes | Failure:
    try:
        return read(dataset.path(puzzle))
    except PictureError as fault:
        return Failure(fault.code, fault.message)
