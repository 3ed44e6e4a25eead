"""An annotation as Label Studio exports it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from store.places import Json, Place, is_number

#: Types of result that mark a place.
BOX, POINT = "rectanglelabels", "keypointlabels"


class Results:
    """The `result` of one annotation; what a correction does not name stays as it was."""

    def __init__(self, results: list[Any]) -> None:
        self._results = results

    def places(self) -> list[Place]:
        """The boxes and key points that have one label and can be measured."""
        return [
            Place(region, _label(region), _box(region), _middle(region))
            for region in self._results
            if _is_place(region)
        ]

    def relabel(self, place: Place, label: str) -> None:
        """Give a region another label."""
        place.region["value"][place.region["type"]] = [label]

    def add(self, label: str, box: Json) -> None:
        """Mark a box, with the names and sizes that the other regions have."""
        like: Json = next((it for it in self._results if _is_place(it)), {})
        sizes = {n: like[n] for n in ("original_width", "original_height") if n in like}
        names = {"from_name": like.get("from_name", "label"), "to_name": self._to_name()}
        value = box | {"rotation": 0, BOX: [label]}
        self._results.append({"type": BOX} | names | sizes | {"value": value})

    def remove(self, places: Sequence[Place]) -> None:
        """Take regions away."""
        self._drop([place.region for place in places])

    def answers(self) -> list[str]:
        """The tiles that choices name as the answer."""
        named = [it for it in self._results if _is_answer(it)]
        return [str(choice) for it in named for choice in it["value"].get("choices", [])]

    def name_answer(self, answer: str | None) -> None:
        """Name this tile as the answer, or none."""
        self._drop([it for it in self._results if _is_answer(it)])
        if answer is not None:
            made = {"type": "choices", "from_name": "answer", "to_name": self._to_name()}
            self._results.append(made | {"value": {"choices": [answer]}})

    def _drop(self, unwanted: Sequence[Json]) -> None:
        self._results[:] = [it for it in self._results if not any(it is one for one in unwanted)]

    def _to_name(self) -> str:
        names = (it.get("to_name") for it in self._results if isinstance(it, dict))
        return next((name for name in names if isinstance(name, str)), "image")


def _is_place(result: Any) -> bool:
    if not isinstance(result, dict) or result.get("type") not in (BOX, POINT):
        return False
    value = result.get("value")
    if not isinstance(value, dict):
        return False
    labels = value.get(result["type"])
    numbers = ("x", "y") if result["type"] == POINT else ("x", "y", "width", "height")
    measured = all(is_number(value.get(n)) for n in numbers) and is_number(_turn(value))
    return measured and isinstance(labels, list) and len(labels) == 1


def _is_answer(result: Any) -> bool:
    if not isinstance(result, dict) or not isinstance(result.get("value"), dict):
        return False
    return result.get("type") == "choices" and result.get("from_name") == "answer"


def _label(region: Json) -> str:
    return str(region["value"][region["type"]][0]).strip()


def _box(region: Json) -> Json:
    """The place as its file has it: a box, or the point of a key point."""
    value = region["value"]
    names = ("x", "y") if region["type"] == POINT else ("x", "y", "width", "height")
    turned = {"rotation": value["rotation"]} if value.get("rotation") else {}
    return {name: value[name] for name in names} | turned


def _middle(region: Json) -> tuple[float, float]:
    """The middle in per cent; boxes turn clockwise about their top left corner."""
    value = region["value"]
    if region["type"] == POINT:
        return value["x"], value["y"]
    turn = math.radians(_turn(value))
    aspect = _aspect(region)
    across, down = value["width"] / 2, value["height"] / 2 / aspect
    x = across * math.cos(turn) - down * math.sin(turn)
    y = across * math.sin(turn) + down * math.cos(turn)
    return value["x"] + x, value["y"] + y * aspect


def _turn(value: Json) -> Any:
    return value.get("rotation") or 0


def _aspect(region: Json) -> float:
    """Width by height of the picture, that of a composite where it is not said."""
    width, height = region.get("original_width"), region.get("original_height")
    known = all(is_number(side) and side > 0 for side in (width, height))
    return width / height if known and width and height else 2.5
