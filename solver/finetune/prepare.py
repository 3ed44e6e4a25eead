"""From labelled puzzles to crops: the hint's icon, the planet at each `+`, and all the others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from solver import compare, hint, planets
from solver.arrays import Floats
from solver.crops import MARGIN, cut
from solver.dataset import Dataset, LabelledPuzzle
from solver.errors import PictureError
from solver.finetune.errors import Cancelled
from solver.finetune.hints import chosen_icon, digit_box, mark
from solver.finetune.icons import fingerprint
from solver.finetune.pairs import UNUSED, VIEW
from solver.finetune.plan import Progress, Stop, Tell
from solver.finetune.preparing import Cut, Preparing
from solver.layout import Layout, split
from solver.model import Model
from solver.picture import Picture, decode, read
from solver.planets import Planets
from solver.solution import TILE, TILES, Box

#: Version of this stage's code: a change makes it run again.
VERSION = 2

#: Size of a planet over the longer side of its `+`, where no other planet of the puzzle tells it.
USUAL_SIZE = 0.8


def prepare(dataset: Dataset, model: Model, folder: Path, tell: Tell, stop: Stop) -> None:
    """Write crops and hint of every puzzle of a dataset, found by the model's own finders.

    A planet whose middle is in a `+` is the icon asked for, the nearest if there are several; where
    none was found the `+` itself is cut. The others of the tile are negatives, hard by nature. A
    tile without a `+` teaches nothing. A puzzle whose picture shows none is left out by name. A run
    that was killed goes on where it was.
    """
    preparing = Preparing(folder, dataset.puzzles)
    for puzzle in dataset.puzzles[preparing.done :]:
        if stop():
            raise Cancelled("The training was cancelled while its puzzles were prepared.")
        try:
            preparing.add(_cut(dataset.path(puzzle), puzzle, model))
        except PictureError as fault:
            preparing.leave_out(fault.message)
        tell(Progress("prepare", preparing.done, len(dataset.puzzles)))
    preparing.finish()


def _cut(path: Path, puzzle: LabelledPuzzle, model: Model) -> Cut:
    data = read(path)
    layout = split(decode(data))
    seen = hint.find(model.hint, layout.hint)
    found = planets.find(model.finder, layout.tiles).planets
    labelled = _labelled(puzzle, layout)
    tiles = [_tile(*pair, _ratio(found, labelled)) for pair in zip(found, labelled, strict=True)]
    views, role, place = _views(layout, seen, puzzle)
    places = [place, *(place for place, _, _ in tiles)]
    crops = [
        cut(picture, at[:, :2], MARGIN * at[:, 2])
        for picture, (at, _, _) in zip(layout.tiles, tiles, strict=True)
    ]
    wanted = np.nonzero(role == VIEW)[0]
    upright = wanted[np.argmin(np.abs(np.log(compare.SCALES)))]
    number = np.repeat(np.arange(1, TILES + 1), [len(used) for _, used, _ in tiles])
    used = np.concatenate([used for _, used, _ in tiles])
    return Cut(
        crops=np.concatenate([views, *crops]),
        hint=layout.hint,
        mark=mark(puzzle, layout, seen),
        role=np.concatenate([role, np.where(used, number, UNUSED)]).astype(np.int8),
        asked=np.concatenate([np.zeros(len(role), np.bool_), *(asked for _, _, asked in tiles)]),
        place=np.concatenate(places).astype(np.float32),
        icon=fingerprint(views[upright]),
        picture=hashlib.sha256(data).hexdigest(),
    )


def _labelled(puzzle: LabelledPuzzle, layout: Layout) -> list[Box | None]:
    """The `+` boxes in pixels of their tiles."""
    width, height = TILES * TILE, layout.size[1] / layout.scale
    boxes = [target and target.scaled(width, height) for target in puzzle.targets]
    return [
        box and Box(box.x - TILE * number, box.y, box.width, box.height)
        for number, box in enumerate(boxes)
    ]


def _ratio(found: Sequence[Planets], boxes: Sequence[Box | None]) -> float:
    """Size of this puzzle's planets over the longer side of their `+`."""
    pairs = zip(found, boxes, strict=True)
    ratios = [
        tile.sizes[nearest] / max(box.width, box.height)
        for tile, box in pairs
        if box is not None and (nearest := _nearest(tile, box)) is not None
    ]
    return float(np.median(ratios)) if ratios else USUAL_SIZE


def _nearest(tile: Planets, box: Box) -> int | None:
    """The planet in a box that is nearest to its middle."""
    inside = [k for k, (x, y) in enumerate(tile.points) if box.contains(x, y)]
    gaps = np.linalg.norm(tile.points[inside] - np.asarray(box.centre), axis=1)
    return inside[int(gaps.argmin())] if inside else None


def _tile(
    tile: Planets, box: Box | None, ratio: float
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Places (N, 3) of a tile's planets, which of them are used, and which are asked for."""
    place = np.column_stack([tile.points, tile.sizes]).reshape(-1, 3)
    used, asked = np.full(len(place), box is not None), np.zeros(len(place), np.bool_)
    if box is None:
        return place, used, asked
    nearest = _nearest(tile, box)
    if nearest is None:
        missed = (*box.centre, ratio * max(box.width, box.height))
        place = np.vstack([place, np.asarray([missed], np.float32)])
        return place, np.append(used, True), np.append(asked, True)
    asked[nearest] = True
    inside = np.array([box.contains(x, y) for x, y in tile.points], np.bool_)
    return place, used & (asked | ~inside), asked


def _views(
    layout: Layout, seen: hint.Hint, puzzle: LabelledPuzzle
) -> tuple[Picture, NDArray[np.int8], Floats]:
    """All views of the hint as the solver looks at them, the ones of the icon marked as such."""
    icons = ((seen.icon_box, seen.icon_size), *seen.other_icons)
    chosen = chosen_icon(seen, digit_box(puzzle, layout))
    scales = len(compare.SCALES)
    role = np.full(len(icons) * scales, UNUSED, np.int8)
    role[chosen * scales : (chosen + 1) * scales] = VIEW
    place = [(*box.centre, size * scale) for box, size in icons for scale in compare.SCALES]
    return compare.views(layout.hint, seen), role, np.asarray(place, np.float32)
