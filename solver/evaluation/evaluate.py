"""Runs a solver over a labelled dataset."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

from solver.dataset import Dataset, LabelledPuzzle
from solver.errors import PictureError
from solver.evaluation.outcome import Outcome
from solver.evaluation.score import score
from solver.evaluation.summary import Summary, Tally
from solver.known import NOTHING, Known
from solver.picture import read
from solver.solution import Failure, Solution

if TYPE_CHECKING:
    from solver.stages import Stages

#: Is told of a puzzle, of what a solver says of its picture, and of how it went.
Observe: TypeAlias = Callable[[LabelledPuzzle, Solution | Failure, Outcome], None]

#: Pictures that are read and handed to the solver together.
BATCH = 16


class Solver(Protocol):
    """What evaluates and checks labels: `solver.load_solver` gives one."""

    @property
    def model_id(self) -> str:
        """The model's name and hash."""

    def solve(self, pictures: Sequence[bytes]) -> Sequence[Solution | Failure]:
        """One outcome a picture, in order; a bad picture is a Failure, never raised."""

    def examine(self, data: bytes, known: Known = NOTHING) -> "Stages":
        """What the stages see of a picture that can be solved, where some of it is known."""


def evaluate(
    dataset: Dataset,
    solver: Solver,
    progress: Callable[[int], None] = lambda done: None,
    target_risk: float | None = None,
    observe: Observe = lambda puzzle, solved, outcome: None,
) -> tuple[Summary, list[Outcome]]:
    """The figures of a solver on a dataset, and how each puzzle went, in the dataset's order.

    `progress` is told how many are done. The speed is that of the solver alone; wrong answers are
    run again besides, see `attributed`. `target_risk` asks for a threshold of the confidence. To
    bound the memory the outcomes come without their similarities, which the figures already hold;
    `observe` is shown each puzzle, what was solved and its whole outcome.
    """
    tally, outcomes, seconds = Tally(), list[Outcome](), 0.0
    for puzzle, content, solved, took in _solved(dataset, solver):
        outcome = score(puzzle, solved, partial(solver.examine, content))
        tally.add(outcome)
        observe(puzzle, solved, outcome)
        outcomes.append(replace(outcome, positives=(), negatives=()))
        seconds += took
        progress(len(outcomes))
    return tally.summary(solver.model_id, seconds, target_risk), outcomes


def solve(
    dataset: Dataset, solver: Solver
) -> Iterator[tuple[LabelledPuzzle, Solution | Failure, float]]:
    """Each puzzle with what the solver says of its picture and the seconds that this took.

    A picture that cannot be read is a Failure. DatasetError where the labels have no folder.
    """
    for puzzle, _, solved, took in _solved(dataset, solver):
        yield puzzle, solved, took


def _solved(
    dataset: Dataset, solver: Solver
) -> Iterator[tuple[LabelledPuzzle, bytes, Solution | Failure, float]]:
    """As `solve`, with the bytes of each picture, none where it cannot be read."""
    puzzles = dataset.puzzles
    for start in range(0, len(puzzles), BATCH):
        batch = puzzles[start : start + BATCH]
        contents = [_content(dataset, puzzle) for puzzle in batch]
        pictures = [content for content in contents if isinstance(content, bytes)]
        began = time.perf_counter()
        solved = iter(solver.solve(pictures) if pictures else ())
        took = (time.perf_counter() - began) / len(batch)
        for puzzle, content in zip(batch, contents, strict=True):
            if isinstance(content, bytes):
                yield puzzle, content, next(solved), took
            else:
                yield puzzle, b"", content, took


def _content(dataset: Dataset, puzzle: LabelledPuzzle) -> bytes | Failure:
    try:
        return read(dataset.path(puzzle))
    except PictureError as fault:
        return Failure(fault.code, fault.message)
