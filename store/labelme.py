"""The label of one picture as a LabelMe file has it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from store.errors import BadCorrection
from store.places import Json, Place, is_number, middle_of


class Shapes:
    """The `shapes` of one LabelMe file; what a correction does not name stays as it was."""

    def __init__(self, file: Json) -> None:
        self._file, self._shapes = file, file["shapes"]
        size = file.get("imageWidth"), file.get("imageHeight")
        self._measured = all(is_number(side) and side > 0 for side in size)

    def places(self) -> list[Place]:
        """The shapes that have a label and can be measured, by the box around them."""
        found = [(shape, self._box(shape)) for shape in self._shapes]
        return [
            Place(shape, str(shape["label"]).strip(), box, middle_of(box))
            for shape, box in found
            if box is not None
        ]

    def relabel(self, place: Place, label: str) -> None:
        """Give a shape another label."""
        place.region["label"] = label

    def add(self, label: str, box: Json) -> None:
        """Mark a rectangle; raises `BadCorrection` where the picture's size is not said."""
        if not self._measured:
            raise BadCorrection("a LabelMe file without imageWidth and imageHeight takes no box")
        ends = (
            (box["x"], box["y"]),
            (box["x"] + box["width"], box["y"] + box["height"]),
        )
        width, height = self._file["imageWidth"] / 100, self._file["imageHeight"] / 100
        points = [[x * width, y * height] for x, y in ends]
        made = {"label": label, "points": points, "group_id": None}
        self._shapes.append(made | {"shape_type": "rectangle", "flags": {}})

    def remove(self, places: Sequence[Place]) -> None:
        """Take shapes away."""
        unwanted = [place.region for place in places]
        self._shapes[:] = [it for it in self._shapes if not any(it is one for one in unwanted)]

    def answers(self) -> list[str]:
        """Nothing: a LabelMe file has no place for the answer."""
        return []

    def name_answer(self, answer: str | None) -> None:
        """Refuse to name a tile; raises `BadCorrection`."""
        if answer is not None:
            raise BadCorrection("a LabelMe file names no answer; correct its digit or a + instead")

    def _box(self, shape: Any) -> Json | None:
        """The box around a shape in per cent, None where it cannot be measured."""
        if not self._measured or not isinstance(shape, dict) or "label" not in shape:
            return None
        corners = _corners(shape)
        if not corners:
            return None
        across = [100 * x / self._file["imageWidth"] for x, _ in corners]
        down = [100 * y / self._file["imageHeight"] for _, y in corners]
        left, top = min(across), min(down)
        return {"x": left, "y": top, "width": max(across) - left, "height": max(down) - top}


def _corners(shape: Json) -> list[tuple[float, float]]:
    """Points that the box around a shape is spanned by; none where it is not well formed."""
    points = shape.get("points")
    if not isinstance(points, list) or not all(_is_point(point) for point in points):
        return []
    corners = [(float(x), float(y)) for x, y in points]
    if shape.get("shape_type") != "circle":
        return corners
    if len(corners) < 2:
        return []
    (x, y), edge = corners[:2]
    radius = math.dist((x, y), edge)
    return [(x - radius, y - radius), (x + radius, y + radius)]


def _is_point(point: Any) -> bool:
    return isinstance(point, list) and len(point) == 2 and all(map(is_number, point))
