"""Looks at the pictures of labelled puzzles without solving any, and counts what is there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from solver.dataset.labels import Dataset, LabelledPuzzle, Problem
from solver.errors import PictureError
from solver.picture import size_of
from solver.solution import ORBITS, TILES, Json

#: Gives the bytes of a puzzle's picture, or raises PictureError.
Content: TypeAlias = Callable[[LabelledPuzzle], bytes]

#: Sizes of pictures that are counted one by one; the rarer ones are counted together.
MOST_SIZES = 20


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a dataset holds, and every fault of its labels and of its pictures."""

    problems: tuple[Problem, ...]
    statistics: Json


@dataclass(frozen=True, slots=True)
class _Look:
    """A picture's SHA-256 and "width x height", None where there is no picture to see."""

    sha256: str | None
    size: str | None


def inspect(dataset: Dataset, content: Content) -> Inspection:
    """Read every picture once: hash and header, no pixels.

    The problems are those of the labels, then those of the pictures, one that is there under
    several names among them.
    """
    problems, looks = list(dataset.problems), list[_Look]()
    for puzzle in dataset.puzzles:
        looks.append(_look(puzzle, content, problems))
    duplicates = list(_duplicates(dataset.puzzles, looks))
    return Inspection(
        (*problems, *duplicates), _statistics(dataset.puzzles, looks, len(duplicates))
    )


def _look(puzzle: LabelledPuzzle, content: Content, problems: list[Problem]) -> _Look:
    sha = None
    try:
        data = content(puzzle)
        sha = hashlib.sha256(data).hexdigest()
        width, height = size_of(data)
    except PictureError as fault:
        problems.append(Problem(puzzle.id, fault.code, f"{puzzle.image}: {fault.message}"))
        return _Look(sha, None)
    return _Look(sha, f"{width}x{height}")


def _duplicates(puzzles: Sequence[LabelledPuzzle], looks: Sequence[_Look]) -> Iterator[Problem]:
    """Each puzzle whose picture an earlier one has, too; worse where their splits differ."""
    first: dict[str, LabelledPuzzle] = {}
    for puzzle, look in zip(puzzles, looks, strict=True):
        if look.sha256 is None:
            continue
        earlier = first.setdefault(look.sha256, puzzle)
        if earlier is puzzle:
            continue
        message = f"{puzzle.image} is the same picture as {earlier.image} of task {earlier.id}"
        if earlier.split != puzzle.split:
            message += f", which is kept for {earlier.split} and this one for {puzzle.split}"
        yield Problem(puzzle.id, "duplicate_picture", f"{message}; remove one of them.")


def _statistics(puzzles: Sequence[LabelledPuzzle], looks: Sequence[_Look], duplicates: int) -> Json:
    return {
        "puzzles": len(puzzles),
        "pictures": len({look.sha256 for look in looks} - {None}),
        "duplicates": duplicates,
        "unreadable": sum(look.size is None for look in looks),
        "digits": _counted([puzzle.digit for puzzle in puzzles], ORBITS),
        "answers": _counted([puzzle.answer for puzzle in puzzles], TILES),
        "targets": {
            str(tile + 1): sum(puzzle.targets[tile] is not None for puzzle in puzzles)
            for tile in range(TILES)
        },
        "ambiguous": sum(not _decidable(puzzle) for puzzle in puzzles),
        "splits": {
            name: sum(puzzle.split == name for puzzle in puzzles) for name in ("train", "test")
        },
        "named_splits": sum(puzzle.split_named for puzzle in puzzles),
        "sizes": _sizes([look.size for look in looks if look.size]),
    }


def _counted(values: Sequence[int | None], last: int) -> dict[str, int]:
    """How often each number from 1 is there, and how often none is."""
    counts = Counter(values)
    return {str(number): counts[number] for number in range(1, last + 1)} | {"none": counts[None]}


def _decidable(puzzle: LabelledPuzzle) -> bool:
    """Whether a label can tell right from wrong, wherever the orbits are."""
    if puzzle.answer is not None:
        return puzzle.targets[puzzle.answer - 1] is not None
    return puzzle.digit is not None and any(puzzle.targets)


def _sizes(sizes: Sequence[str]) -> dict[str, int]:
    counts = sorted(Counter(sizes).items(), key=lambda pair: (-pair[1], pair[0]))
    rest = sum(count for _, count in counts[MOST_SIZES:])
    return dict(counts[:MOST_SIZES]) | ({"other": rest} if rest else {})
