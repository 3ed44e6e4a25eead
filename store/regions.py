"""Where the regions of a Label Studio annotation lie in a puzzle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

#: Types of result that mark a place.
PLACED = ("rectanglelabels", "keypointlabels")
DIGITS = ("1", "2", "3", "4", "5")
#: Where the hint's row begins, and how wide the hint and each tile are, in per cent.
HINT_TOP, TILE_WIDTH, TILES = 50.0, 20.0, 5


def placed(result: Any) -> bool:
    """Whether a result marks a place with one label, and can be measured."""
    if not isinstance(result, dict) or result.get("type") not in PLACED:
        return False
    value = result.get("value")
    if not isinstance(value, dict):
        return False
    labels = value.get(result["type"])
    numbers = ("x", "y") if result["type"] == PLACED[1] else ("x", "y", "width", "height")
    measured = all(isinstance(value.get(n), (int, float)) for n in numbers)
    return measured and isinstance(labels, list) and len(labels) == 1


def label_of(region: Json) -> str:
    """The one label of a region."""
    return str(region["value"][region["type"]][0]).strip()


def box_of(region: Json) -> Json:
    """The place of a region as its file has it: a box, or the point of a key point."""
    value = region["value"]
    names = ("x", "y") if region["type"] == PLACED[1] else ("x", "y", "width", "height")
    return {name: value[name] for name in names} | (
        {"rotation": value["rotation"]} if value.get("rotation") else {}
    )


def digits(results: Sequence[Any]) -> list[Json]:
    """The regions that name the hint's digit: those in the hint, or the only one elsewhere."""
    marked = [it for it in results if placed(it) and label_of(it) in DIGITS]
    hint = [it for it in marked if _in_hint(it)]
    return hint or (marked if len(marked) == 1 else [])


def in_tile(region: Json, tile: int) -> bool:
    """Whether the middle of a region lies in a tile (from 1)."""
    x, y = _middle(region)
    return y < HINT_TOP and min(int(x / TILE_WIDTH), TILES - 1) + 1 == tile


def is_answer(result: Any) -> bool:
    """Whether a result names the answer tile."""
    if not isinstance(result, dict) or not isinstance(result.get("value"), dict):
        return False
    return result.get("type") == "choices" and result.get("from_name") == "answer"


def _in_hint(region: Json) -> bool:
    x, y = _middle(region)
    return y >= HINT_TOP and x <= TILE_WIDTH


def _middle(region: Json) -> tuple[float, float]:
    """The middle of a region in per cent; boxes turn clockwise about their top left corner."""
    value = region["value"]
    if region["type"] == PLACED[1]:
        return value["x"], value["y"]
    turn = math.radians(value.get("rotation") or 0)
    aspect = _aspect(region)
    across, down = value["width"] / 2, value["height"] / 2 / aspect
    x = across * math.cos(turn) - down * math.sin(turn)
    y = across * math.sin(turn) + down * math.cos(turn)
    return value["x"] + x, value["y"] + y * aspect


def _aspect(region: Json) -> float:
    """Width by height of the picture, that of a composite where it is not said."""
    width, height = region.get("original_width"), region.get("original_height")
    known = all(isinstance(side, (int, float)) and side > 0 for side in (width, height))
    return width / height if known and width and height else 2.5
