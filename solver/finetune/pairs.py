"""The crops of labelled puzzles: what `prepare` writes and the other stages read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.nets.shapes import CROP
from solver.picture import Picture

#: Files of prepared puzzles.
CROPS, ROWS, PUZZLES = "crops.u8", "rows.npz", "puzzles.json"

#: Roles of a crop that is no planet: a view of the hint's icon, and one that is not learnt from.
VIEW, UNUSED = 0, -1


@dataclass(frozen=True, slots=True)
class Pairs:
    """The crops of some puzzles, one row each, those of a puzzle beside each other.

    `crops` is (N, 64, 64, 3) uint8 on the disk. `role` (N,) is the tile of a planet (1 to 5), VIEW
    or UNUSED; `asked` (N,) says which planets carry the icon asked for. `place` (N, 3) holds x, y
    and size in pixels of the tile or the hint. Puzzle k has the rows `starts[k]` to
    `starts[k + 1]`. `icons` (P, D) are fingerprints of the hints' icons; `pictures` are hashes.
    """

    ids: tuple[str, ...]
    images: tuple[str, ...]
    pictures: tuple[str, ...]
    left_out: dict[str, str]
    crops: Picture
    role: NDArray[np.int8]
    asked: NDArray[np.bool_]
    place: Floats
    starts: NDArray[np.int64]
    icons: Floats

    def rows(self, puzzle: int) -> slice:
        """Where the rows of a puzzle are."""
        return slice(int(self.starts[puzzle]), int(self.starts[puzzle + 1]))


def read_pairs(folder: Path) -> Pairs:
    """The crops that `prepare` left in a folder; they stay on the disk until they are looked at."""
    notes = json.loads((folder / PUZZLES).read_text(encoding="utf-8"))
    with np.load(folder / ROWS) as rows:
        role, asked, place = rows["role"], rows["asked"], rows["place"]
        starts, icons = rows["starts"], rows["icons"]
    shape = (len(role), CROP, CROP, 3)
    return Pairs(
        ids=tuple(notes["ids"]),
        images=tuple(notes["images"]),
        pictures=tuple(notes["pictures"]),
        left_out=notes["left_out"],
        crops=np.memmap(folder / CROPS, np.uint8, "r", shape=shape),
        role=role,
        asked=asked,
        place=place,
        starts=starts,
        icons=icons,
    )
