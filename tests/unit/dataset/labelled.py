"""Label Studio tasks built in code."""

import json
from typing import Any

from solver.dataset import Dataset, LabelledPuzzle, Problem, read_labels

#: Where the `+` stands in each tile, px of a 1000x400 picture: (x, y, side).
PLACES = ((60, 60, 24), (130, 40, 24), (100, 140, 24), (40, 100, 24), (150, 150, 24))


def rectangle(label: str, x: float, y: float, width: float, height: float) -> dict[str, Any]:
    """A rectangle in px of a 1000x400 picture as Label Studio writes it."""
    value = {
        "x": x / 10,
        "y": y / 4,
        "width": width / 10,
        "height": height / 4,
        "rotation": 0,
        "rectanglelabels": [label],
    }
    return region("rectanglelabels", value)


def region(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "original_width": 1000, "original_height": 400, "value": value}


def target(tile: int, dx: float = 0) -> dict[str, Any]:
    x, y, side = PLACES[tile - 1]
    return rectangle("+", 200 * (tile - 1) + x + dx - side / 2, y - side / 2, side, side)


def digit(label: str = "3", x: float = 40) -> dict[str, Any]:
    return rectangle(label, x, 220, 30, 42)


def answer(*tiles: object) -> dict[str, Any]:
    return {"type": "choices", "from_name": "answer", "value": {"choices": list(tiles)}}


def whole() -> list[dict[str, Any]]:
    """The results of an annotation without a fault."""
    return [digit(), *(target(tile) for tile in range(1, 6))]


def labelme(name: str, label: str = "3") -> dict[str, Any]:
    """A LabelMe file of the same puzzle, with a note that belongs to somebody else."""
    targets = [
        _shape("+", 200 * n + x - side / 2, y - side / 2, side, side)
        for n, (x, y, side) in enumerate(PLACES)
    ]
    return {
        "version": "5.5.0",
        "flags": {"seen": True},
        "shapes": [_shape(label, 40, 220, 30, 42), *targets],
        "imagePath": f"{name}.jpg",
        "imageData": None,
        "imageWidth": 1000,
        "imageHeight": 400,
    }


def _shape(label: str, x: float, y: float, width: float, height: float) -> dict[str, Any]:
    return {
        "label": label,
        "points": [[x, y], [x + width, y + height]],
        "group_id": None,
        "shape_type": "rectangle",
        "flags": {},
    }


def annotation(results: object, **more: object) -> dict[str, Any]:
    return {"was_cancelled": False, "result": results, **more}


def task(*annotations: object, number: object = 7, **data: object) -> dict[str, Any]:
    return {
        "id": number,
        "data": {"image": f"images/{number}.jpg", **data},
        "annotations": annotations,
    }


def load(*tasks: object, images: set[str] | None = None) -> Dataset:
    """The dataset of some tasks; the picture of task 7 is there unless `images` says otherwise."""
    return read_labels(json.dumps(tasks).encode(), {"images/7.jpg"} if images is None else images)


def only(dataset: Dataset) -> LabelledPuzzle:
    (puzzle,) = dataset.puzzles
    return puzzle


def codes(dataset: Dataset) -> list[str]:
    return [problem.code for problem in dataset.problems]


def problem(dataset: Dataset) -> Problem:
    (one,) = dataset.problems
    return one
