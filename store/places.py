"""Where the marks of a label lie in a puzzle, whatever tool made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeGuard

Json = dict[str, Any]

DIGITS = ("1", "2", "3", "4", "5")
#: Where the hint's row begins, and how wide the hint and each tile are, in per cent.
HINT_TOP, TILE_WIDTH, TILES = 50.0, 20.0, 5


@dataclass(frozen=True, slots=True)
class Place:
    """A region with one label: the region itself, its box and its middle in per cent."""

    region: Json
    label: str
    box: Json
    middle: tuple[float, float]


class Marks(Protocol):
    """What one annotation says of a picture, to be changed in place."""

    def places(self) -> list[Place]:
        """The regions that have one label and can be measured."""
        ...

    def relabel(self, place: Place, label: str) -> None:
        """Give a region another label."""
        ...

    def add(self, label: str, box: Json) -> None:
        """Mark a box in per cent of the picture, `x`, `y`, `width` and `height`."""
        ...

    def remove(self, places: Sequence[Place]) -> None:
        """Take regions away."""
        ...

    def answers(self) -> list[str]:
        """The tiles that are named as the answer."""
        ...

    def name_answer(self, answer: str | None) -> None:
        """Name this tile as the answer, or none; raises `BadCorrection` where that has no place."""
        ...


def digits(places: Sequence[Place]) -> list[Place]:
    """The places that name the hint's digit: those in the hint, or the only one elsewhere."""
    marked = [place for place in places if place.label in DIGITS]
    hint = [place for place in marked if _in_hint(place.middle)]
    return hint or (marked if len(marked) == 1 else [])


def in_tile(middle: tuple[float, float], tile: int) -> bool:
    """Whether a point in per cent lies in a tile (from 1)."""
    x, y = middle
    return y < HINT_TOP and min(int(x / TILE_WIDTH), TILES - 1) + 1 == tile


def middle_of(box: Json) -> tuple[float, float]:
    """The middle of a box that is not turned."""
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value can stand for a place in a picture."""
    return isinstance(value, int | float) and -1e9 < value < 1e9


def _in_hint(middle: tuple[float, float]) -> bool:
    x, y = middle
    return y >= HINT_TOP and x <= TILE_WIDTH
