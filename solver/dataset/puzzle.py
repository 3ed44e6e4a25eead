"""Understands the marks of one task: digit, icon asked for in each tile, answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from solver.dataset.labels import (
    DIGITS,
    TARGET,
    Annotation,
    LabelledPuzzle,
    Region,
    Task,
    Tell,
)
from solver.dataset.split import split_of
from solver.solution import TILES, Box

#: The hint's row begins at this fraction of the height.
HINT_TOP = 0.5
#: The hint's column, and each tile, is this fraction of the width wide.
TILE_WIDTH = 1 / TILES

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one annotation says."""

    digit: Region | None
    digit_marked: bool
    targets: tuple[Box | None, ...]
    marked: tuple[bool, ...]
    answer: int | None


def understand(task: Task, image: str, tell: Tell) -> LabelledPuzzle:
    """The labelled puzzle that a task states; whatever is missing or disputed is told, not guessed.

    `image` is the name under which the picture was found.
    """
    readings = [_read(annotation, tell) for annotation in _trusted(task.annotations)]
    digit = _agreed([r.digit for r in readings], _same_label, "the digit", tell)
    targets = tuple(
        _agreed([r.targets[tile] for r in readings], _same_place, f"the + of tile {tile + 1}", tell)
        for tile in range(TILES)
    )
    _tell_missing(readings, tell)
    return LabelledPuzzle(
        id=task.id,
        image=image,
        digit=int(digit.label) if digit else None,
        digit_box=digit.box if digit else None,
        targets=targets,
        answer=_agreed([r.answer for r in readings], int.__eq__, "the answer", tell),
        split=task.split or split_of(task.id),
        groups=task.groups,
        split_named=task.split is not None,
    )


def _trusted(annotations: Sequence[Annotation]) -> Sequence[Annotation]:
    return [one for one in annotations if one.ground_truth] or annotations


def _read(annotation: Annotation, tell: Tell) -> Reading:
    digits = _digits([region for region in annotation.regions if region.label in DIGITS])
    tiles = _by_tile([r.box for r in annotation.regions if r.label == TARGET], tell)
    return Reading(
        digit=_one_digit(digits, tell),
        digit_marked=bool(digits),
        targets=tuple(_one_target(boxes, tile, tell) for tile, boxes in enumerate(tiles, 1)),
        marked=tuple(bool(boxes) for boxes in tiles),
        answer=annotation.answer,
    )


def _digits(regions: Sequence[Region]) -> Sequence[Region]:
    hint = [region for region in regions if _in_hint(region.box)]
    return hint or (regions if len(regions) == 1 else [])


def _one_digit(regions: Sequence[Region], tell: Tell) -> Region | None:
    if len(regions) > 1:
        labels = ", ".join(region.label for region in regions)
        tell("several_digits", f"The hint has {len(regions)} digit regions ({labels}); keep one.")
    return regions[0] if len({region.label for region in regions}) == 1 else None


def _in_hint(box: Box) -> bool:
    x, y = box.centre
    return y >= HINT_TOP and x <= TILE_WIDTH


def _by_tile(boxes: Sequence[Box], tell: Tell) -> list[list[Box]]:
    tiles: list[list[Box]] = [[] for _ in range(TILES)]
    for box in boxes:
        x, y = box.centre
        if box.width > TILE_WIDTH or box.height > HINT_TOP:
            tell("bad_region", "A region labelled + is larger than a tile and is ignored.")
        elif y >= HINT_TOP:
            tell("stray_target", "A region labelled + lies below the tiles and is ignored.")
        else:
            tiles[min(int(x / TILE_WIDTH), TILES - 1)].append(box)
    return tiles


def _one_target(boxes: Sequence[Box], tile: int, tell: Tell) -> Box | None:
    if len(boxes) > 1:
        tell("several_targets", f"Tile {tile} has {len(boxes)} regions labelled +; keep one.")
    return boxes[0] if boxes and all(_same_place(boxes[0], box) for box in boxes) else None


def _agreed(
    values: Sequence[Value | None], same: Callable[[Value, Value], bool], what: str, tell: Tell
) -> Value | None:
    stated = [value for value in values if value is not None]
    if not stated:
        return None
    support = [sum(same(value, other) for other in stated) for value in stated]
    best = max(support)
    if best < len(stated):
        tell("annotators_disagree", f"{len(stated)} annotations disagree on {what}.")
    return stated[support.index(best)] if 2 * best > len(stated) else None


def _same_label(one: Region, other: Region) -> bool:
    return one.label == other.label


def _same_place(one: Box, other: Box) -> bool:
    return one.contains(*other.centre) and other.contains(*one.centre)


def _tell_missing(readings: Sequence[Reading], tell: Tell) -> None:
    if not readings:
        return
    if not any(reading.digit_marked for reading in readings):
        tell("no_digit", "No region labelled 1 to 5 lies in the hint; mark the digit there.")
    bare = [n for n in range(TILES) if not any(reading.marked[n] for reading in readings)]
    if bare:
        tiles = ", ".join(str(n + 1) for n in bare)
        tell("missing_target", f"No region labelled + in tile {tiles}; mark the icon asked for.")
