"""What a labelled dataset holds once it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from solver.errors import DatasetError
from solver.solution import Box

Split: TypeAlias = Literal["train", "test"]
#: Notes a fault of one task: (code, message).
Tell: TypeAlias = Callable[[str, str], None]

#: Labels that name the digit of the hint.
DIGITS = ("1", "2", "3", "4", "5")
#: The label of the icon asked for.
TARGET = "+"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of one task of the labels; `code` is a short word for programs."""

    task: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Region:
    """A labelled rectangle, in fractions of the picture's width and height."""

    label: str
    box: Box


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one annotator marked; `answer` is the tile where it was named outright."""

    regions: tuple[Region, ...]
    answer: int | None = None
    ground_truth: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One task as its file states it, before its marks are understood.

    `image` is the path as written; `folder` is where the file that names it lies (posix, relative
    to the dataset).
    """

    id: str
    image: str
    annotations: tuple[Annotation, ...]
    split: Split | None = None
    folder: str = ""
    groups: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledPuzzle:
    """One puzzle with its label; boxes are in fractions of the picture's width and height.

    `image` is a posix path relative to the dataset. `targets` holds the `+` box of each tile.
    `answer` is the tile (from 1) that the label names outright, if it does; otherwise see
    `derive_answer`. `groups` are words to slice a score by, such as ("style", "night").
    `split_named` tells that the label says the split, and not the hash of its id.
    """

    id: str
    image: str
    digit: int | None
    digit_box: Box | None
    targets: tuple[Box | None, ...]
    answer: int | None
    split: Split
    groups: tuple[tuple[str, str], ...] = ()
    split_named: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """Puzzles in the order of the labels, and every fault found on the way.

    `root` is None where the labels were read without a folder.
    """

    root: Path | None
    puzzles: tuple[LabelledPuzzle, ...]
    problems: tuple[Problem, ...]

    def path(self, puzzle: LabelledPuzzle) -> Path:
        """Where the picture of a puzzle lies; DatasetError where there is no folder."""
        if self.root is None:
            raise DatasetError("These labels were read without a folder, so no picture has a path.")
        return self.root / puzzle.image

    @property
    def names_both_splits(self) -> bool:
        """Whether labels name a train and a test split: only then can they mix them up."""
        return {puzzle.split for puzzle in self.puzzles if puzzle.split_named} == {"train", "test"}

    def only(self, split: Split) -> "Dataset":
        """The same dataset with the puzzles of one split."""
        chosen = tuple(puzzle for puzzle in self.puzzles if puzzle.split == split)
        return Dataset(self.root, chosen, self.problems)

    def first(self, count: int) -> "Dataset":
        """The same dataset with at most `count` puzzles."""
        return Dataset(self.root, self.puzzles[:count], self.problems)
