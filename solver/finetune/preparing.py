"""Prepared puzzles while they become more: what is killed goes on after the last that is whole."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.dataset import LabelledPuzzle
from solver.finetune.hints import PICTURES, Mark, write_marks
from solver.finetune.pairs import CROPS, PUZZLES, ROWS
from solver.nets.shapes import CROP
from solver.picture import Picture
from solver.solution import TILE, Box

#: A line of JSON for each puzzle, written after its crops; gone when all are there.
NOTES = "notes.jsonl"


@dataclass(frozen=True, slots=True)
class Cut:
    """The crops of one puzzle, with the fields of `Pairs`, and its hint."""

    crops: Picture
    hint: Picture
    mark: Mark
    role: NDArray[np.int8]
    asked: NDArray[np.bool_]
    place: Floats
    icon: Floats
    picture: str


class Preparing:
    """Writes into a folder what `read_pairs` and `read_hints` read, puzzle by puzzle.

    `puzzles` are all, in the order in which they come; `done` of them an earlier run has written.
    """

    def __init__(self, folder: Path, puzzles: Sequence[LabelledPuzzle]) -> None:
        self._folder, self._puzzles = folder, puzzles
        self._notes = self._earlier()
        kept = [note for note in self._notes if "left_out" not in note]
        rows = sum(len(note["role"]) for note in kept)
        _shorten(folder / CROPS, rows * CROP * CROP * 3)
        _shorten(folder / PICTURES, len(kept) * TILE * TILE * 3)

    @property
    def done(self) -> int:
        """How many puzzles are written or left out."""
        return len(self._notes)

    def add(self, cut: Cut) -> None:
        """Write the next puzzle."""
        _append(self._folder / CROPS, np.ascontiguousarray(cut.crops).tobytes())
        _append(self._folder / PICTURES, np.ascontiguousarray(cut.hint).tobytes())
        arrays = {name: getattr(cut, name).tolist() for name in ("role", "asked", "place", "icon")}
        self._note({"picture": cut.picture, "mark": _plain(cut.mark), **arrays})

    def leave_out(self, why: str) -> None:
        """Pass over the next puzzle."""
        self._note({"left_out": why})

    def finish(self) -> None:
        """Write what is known of all puzzles."""
        named = list(zip(self._puzzles, self._notes, strict=True))
        kept = [(puzzle, note) for puzzle, note in named if "left_out" not in note]
        summary = {
            "ids": [puzzle.id for puzzle, _ in kept],
            "images": [puzzle.image for puzzle, _ in kept],
            "pictures": [note["picture"] for _, note in kept],
            "left_out": {
                puzzle.id: note["left_out"] for puzzle, note in named if "left_out" in note
            },
        }
        (self._folder / PUZZLES).write_text(json.dumps(summary, indent=1), encoding="utf-8")
        _write_rows(self._folder, [note for _, note in kept])
        write_marks(self._folder, [_mark(note["mark"]) for _, note in kept])
        (self._folder / NOTES).unlink(missing_ok=True)

    def _note(self, note: dict[str, Any]) -> None:
        note = {"id": self._puzzles[self.done].id, **note}
        _append(self._folder / NOTES, json.dumps(note).encode() + b"\n")
        self._notes.append(note)

    def _earlier(self) -> list[dict[str, Any]]:
        """The notes of an earlier run over the same puzzles; a line that was cut off is dropped."""
        path = self._folder / NOTES
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        _shorten(path, sum(len(line) + 1 for line in lines))
        notes = [json.loads(line) for line in lines]
        if [note["id"] for note in notes] == [puzzle.id for puzzle in self._puzzles[: len(notes)]]:
            return notes
        _shorten(path, 0)
        return []


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _shorten(path: Path, size: int) -> None:
    with path.open("ab") as file:
        file.truncate(size)


def _write_rows(folder: Path, notes: Sequence[dict[str, Any]]) -> None:
    def joined(name: str, shape: tuple[int, ...] = (0,)) -> NDArray[Any]:
        return np.concatenate([np.zeros(shape), *(np.array(note[name]) for note in notes)])

    icons = [np.array(note["icon"], np.float32) for note in notes]
    np.savez(
        folder / ROWS,
        role=joined("role").astype(np.int8),
        asked=joined("asked").astype(np.bool_),
        place=joined("place", (0, 3)).astype(np.float32),
        starts=np.cumsum([0, *(len(note["role"]) for note in notes)]).astype(np.int64),
        icons=np.stack(icons) if icons else np.zeros((0, 1), np.float32),
    )


def _plain(mark: Mark) -> dict[str, Any]:
    box, size = mark.icon
    return {
        "digit": mark.digit,
        "digit_box": None if mark.digit_box is None else _sides(mark.digit_box),
        "found": _sides(mark.found),
        "icon": [*_sides(box), float(size)],
    }


def _mark(plain: dict[str, Any]) -> Mark:
    box, (*icon, size) = plain["digit_box"], plain["icon"]
    return Mark(plain["digit"], box and Box(*box), Box(*plain["found"]), (Box(*icon), size))


def _sides(box: Box) -> list[float]:
    return [float(side) for side in (box.x, box.y, box.width, box.height)]
