"""Reads one LabelMe file."""

from collections.abc import Iterator
from typing import Any

from solver.dataset.labels import DIGITS, TARGET, Annotation, Region, Task, Tell
from solver.dataset.regions import BadRegion, number, overhangs, patch, rectangle
from solver.dataset.wording import short, word, writable
from solver.solution import Box

#: How many corners each kind of shape must have, at least.
CORNERS = {"rectangle": 2, "point": 1, "polygon": 3, "circle": 2}


def is_labelme(value: Any) -> bool:
    """Whether a piece of JSON is a LabelMe file."""
    return isinstance(value, dict) and isinstance(value.get("shapes"), list)


def read_file(value: dict[str, Any], task_id: str, folder: str, tell: Tell) -> Task:
    """The task that one LabelMe file stands for; what is wrong with it is told, and left out."""
    image = value.get("imagePath")
    regions = tuple(region for shape in value["shapes"] for region in _region(shape, value, tell))
    return Task(
        id=task_id,
        image=writable(image) if isinstance(image, str) else "",
        annotations=(Annotation(regions),),
        folder=folder,
    )


def _region(shape: Any, file: dict[str, Any], tell: Tell) -> Iterator[Region]:
    if not isinstance(shape, dict):
        tell("bad_region", "A shape is not an object and is ignored.")
        return
    label = word(shape.get("label"))
    if label is None or (label not in DIGITS and label != TARGET):
        tell(
            "unknown_label", f"The label {short(shape.get('label'))} is ignored; use 1 to 5 and +."
        )
        return
    try:
        yield Region(label, _box(shape, file, tell))
    except BadRegion as fault:
        tell("bad_region", f"A shape labelled {label} is ignored: {fault}.")


def _box(shape: dict[str, Any], file: dict[str, Any], tell: Tell) -> Box:
    width = number(file.get("imageWidth"), "imageWidth")
    height = number(file.get("imageHeight"), "imageHeight")
    if width <= 0 or height <= 0:
        raise BadRegion("imageWidth and imageHeight must be above zero")
    kind = shape.get("shape_type", "polygon")
    points = [(x / width, y / height) for x, y in _points(kind, shape.get("points"))]
    if kind == "point":
        return patch(*points[0], width / height)
    left, top = min(x for x, _ in points), min(y for _, y in points)
    right, bottom = max(x for x, _ in points), max(y for _, y in points)
    if overhangs(left, top, right - left, bottom - top):
        tell("bad_region", "A shape reaches out of the picture; what lies inside is used, if any.")
    return rectangle(left, top, right - left, bottom - top)


def _points(kind: Any, value: Any) -> list[tuple[float, float]]:
    least = CORNERS.get(kind) if isinstance(kind, str) else None
    if least is None:
        raise BadRegion(f"its shape_type is {short(kind)}; use rectangle or point")
    if not isinstance(value, list) or len(value) < least:
        raise BadRegion(f"a {kind} needs {least} points")
    points = [_point(point) for point in value]
    if kind != "circle":
        return points
    (x, y), (edge_x, edge_y) = points[:2]
    radius = ((edge_x - x) ** 2 + (edge_y - y) ** 2) ** 0.5
    return [(x - radius, y - radius), (x + radius, y + radius)]


def _point(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise BadRegion("a point must be [x, y]")
    return number(value[0], "x"), number(value[1], "y")
