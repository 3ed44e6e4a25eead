"""A task with suspected labels as a person judges it: the label and the model's reading, drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.drawing import SIDE, WIDTH, Box, Drawing, draw
from store import results
from store.suspicions import Task
from store.tables import Dataset, Result

#: Width by height of a puzzle, where nothing tells it.
ASPECT = 2.5
#: Labels of which a person may name the right one.
NAMED = ("digit", "answer")


@dataclass(frozen=True, slots=True)
class Mark:
    """A box of the label in the drawing, with what it says; `doubted`: whether it is suspected."""

    box: Box
    words: str
    doubted: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is drawn of a task: the model's reading, where its job is kept, and the label's marks.

    `height`: of the drawing, WIDTH across. `proposed`: the digit and the tile that the audit
    proposes, each where it does.
    """

    drawing: Drawing | None
    height: float
    marks: tuple[Mark, ...]
    proposed: dict[str, int]


def result(session: Session, dataset: Dataset, task: Task) -> Result | None:
    """What the audit's job said of the task's picture, while the job is kept."""
    audit = (dataset.statistics or {}).get("audit") or {}
    position = task.suspects[0].detail.get("position")
    if position is None or "job" not in audit:
        return None
    return results.at(session, audit["job"], [position]).get(position)


def doubt(task: Task, found: Result | None) -> Doubt:
    """Draw a task."""
    label: Mapping[str, Any] = task.suspects[0].detail.get("label") or {}
    drawing = None
    if found is not None and found.x is not None and found.y is not None:
        drawing = draw(found.tile, (found.x, found.y), found.digit, found.seen)
    height = drawing.height if drawing is not None else WIDTH / ASPECT
    kinds = {(it.detail["kind"], it.detail["tile"]) for it in task.suspects}
    return Doubt(drawing, height, tuple(_marks(label, kinds, height)), _proposed(task))


def _marks(label: Mapping[str, Any], kinds: set[tuple[str, Any]], height: float) -> list[Mark]:
    marks = []
    answer = label.get("answer")
    for tile, target in enumerate(label.get("targets") or (), start=1):
        if target is not None:
            words = "+ answer" if tile == answer else "+"
            marks.append(Mark(_box(target, height), words, ("target", tile) in kinds))
    if label.get("digit_box"):
        doubted = any(kind == "digit" for kind, _ in kinds)
        marks.append(Mark(_box(label["digit_box"], height), str(label["digit"]), doubted))
    if answer is not None:
        frame = Box(SIDE * (answer - 1) + 6, 6, SIDE - 12, SIDE - 12)
        marks.append(Mark(frame, f"label: {answer}", any(kind == "answer" for kind, _ in kinds)))
    return marks


def _box(values: Sequence[float], height: float) -> Box:
    """A box in shares of the picture, in the drawing."""
    x, y, width, tall = values
    return Box(x * WIDTH, y * height, width * WIDTH, tall * height)


def _proposed(task: Task) -> dict[str, int]:
    proposed: dict[str, int] = {}
    for it in task.suspects:
        for name in NAMED:
            if it.detail["correction"].get(name) is not None:
                proposed.setdefault(name, it.detail["correction"][name])
    return proposed
