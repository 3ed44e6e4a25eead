"""The hints of labelled puzzles: what `prepare` writes and the hint's nets learn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from solver import hint
from solver.arrays import Floats
from solver.dataset import LabelledPuzzle
from solver.layout import Layout
from solver.picture import Picture
from solver.solution import TILE, TILES, Box

#: Files of prepared hints.
PICTURES, MARKS = "hints.u8", "hints.npz"

#: What stands for a box that is not there.
NO_BOX = (np.nan,) * 4


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of one hint, in its pixels: the label's digit, and what the parent found.

    `icon` is the likeliest icon's box and size; it is no more than likely.
    """

    digit: int | None
    digit_box: Box | None
    found: Box
    icon: tuple[Box, float]


@dataclass(frozen=True, slots=True)
class Hints:
    """The hints of some puzzles, a row each, in the order of `Pairs`.

    `pictures` is (P, 200, 200, 3) uint8 on the disk; `digits` (P,) is 0 where the label names none.
    Boxes (P, 4) are x, y, width, height: the label's of the digit, NaN where it has none, and the
    one that the parent found. `icons` (P, 5) are box and size of the likeliest icon.
    """

    pictures: Picture
    digits: NDArray[np.int8]
    digit_boxes: Floats
    found: Floats
    icons: Floats

    def marked(self, puzzles: Iterable[int]) -> tuple[int, ...]:
        """Those of some puzzles whose label says which digit there is, and where."""
        boxed = ~np.isnan(self.digit_boxes).any(axis=1) & (self.digits > 0)
        return tuple(k for k in puzzles if boxed[k])

    def boxes(self, puzzle: int) -> list[Box]:
        """The label's digit box, and the one that the parent found where that is the digit."""
        own, found = Box(*self.digit_boxes[puzzle]), Box(*self.found[puzzle])
        return [own, found] if own.contains(*found.centre) else [own]

    def icon(self, puzzle: int) -> tuple[Box, float]:
        """Box and size of the likeliest icon."""
        *box, size = map(float, self.icons[puzzle])
        return Box(*box), size


def mark(puzzle: LabelledPuzzle, layout: Layout, seen: hint.Hint) -> Mark:
    """What is known of a puzzle's hint."""
    box = digit_box(puzzle, layout)
    icons = ((seen.icon_box, seen.icon_size), *seen.other_icons)
    return Mark(puzzle.digit, box, seen.digit_box, icons[chosen_icon(seen, box)])


def digit_box(puzzle: LabelledPuzzle, layout: Layout) -> Box | None:
    """The label's digit box in pixels of the hint."""
    if puzzle.digit_box is None:
        return None
    box = puzzle.digit_box.scaled(TILES * TILE, layout.size[1] / layout.scale)
    return Box(box.x, box.y - TILE, box.width, box.height)


def chosen_icon(seen: hint.Hint, digit: Box | None) -> int:
    """The first of the likely icons that is not what the label calls the digit."""
    if digit is None:
        return 0
    boxes = [seen.icon_box, *(box for box, _ in seen.other_icons)]
    return next((k for k, box in enumerate(boxes) if not digit.contains(*box.centre)), 0)


def write_marks(folder: Path, marks: Sequence[Mark]) -> None:
    """Write all of `Hints` but the pictures."""
    np.savez(
        folder / MARKS,
        digits=np.array([one.digit or 0 for one in marks], np.int8),
        digit_boxes=_rows([_plain(one.digit_box) for one in marks], 4),
        found=_rows([_plain(one.found) for one in marks], 4),
        icons=_rows([(*_plain(box), size) for box, size in (one.icon for one in marks)], 5),
    )


def read_hints(folder: Path) -> Hints:
    """The hints that `prepare` left in a folder; pictures stay on the disk until looked at."""
    with np.load(folder / MARKS) as marks:
        digits, boxes = marks["digits"], marks["digit_boxes"]
        found, icons = marks["found"], marks["icons"]
    shape = (len(digits), TILE, TILE, 3)
    pictures = np.memmap(folder / PICTURES, np.uint8, "r", shape=shape)
    return Hints(pictures, digits, boxes, found, icons)


def _rows(values: Sequence[tuple[float, ...]], width: int) -> Floats:
    return np.array(values, np.float32).reshape(-1, width)


def _plain(box: Box | None) -> tuple[float, ...]:
    return NO_BOX if box is None else (box.x, box.y, box.width, box.height)
