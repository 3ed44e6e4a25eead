"""Reads one task of a Label Studio JSON export."""

from collections.abc import Iterator
from typing import Any

from solver.dataset.labels import DIGITS, TARGET, Annotation, Region, Split, Task, Tell
from solver.dataset.regions import (
    BadRegion,
    aspect_of,
    number,
    overhangs,
    patch,
    rectangle,
    upright,
)
from solver.dataset.wording import short, word, writable
from solver.solution import Box

#: Words of a task's `data` that a score is sliced by.
GROUPS = ("style", "difficulty")
#: How long such a word may be.
GROUP_LENGTH = 64
#: Types of result that say nothing about places in the picture.
WITHOUT_PLACE = ("choices", "relation", "rating", "textarea", "number", "taxonomy")


def read_task(value: dict[str, Any], task_id: str, tell: Tell) -> Task:
    """One task of the export; what is wrong with it is told, and left out."""
    data = value.get("data")
    data = data if isinstance(data, dict) else {}
    return Task(
        id=task_id,
        image=_image(data),
        annotations=tuple(_annotations(value.get("annotations"), tell)),
        split=_split(data.get("split"), tell),
        groups=tuple(_groups(data)),
    )


def _image(data: dict[str, Any]) -> str:
    image = data.get("image")
    return writable(image) if isinstance(image, str) else ""


def _split(value: Any, tell: Tell) -> Split | None:
    name = value.strip().lower() if isinstance(value, str) else ""
    if name in ("train", "test"):
        return "train" if name == "train" else "test"
    if value is not None:
        tell("bad_split", f"data.split is {short(value)}; write train or test, or leave it out.")
    return None


def _groups(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in GROUPS:
        group = word(data.get(name))
        if group:
            yield name, group[:GROUP_LENGTH]


def _annotations(value: Any, tell: Tell) -> Iterator[Annotation]:
    if not isinstance(value, list):
        tell("unreadable", "It has no list of annotations; export as JSON, not as JSON-MIN.")
        return
    kept = 0
    for annotation in value:
        if not isinstance(annotation, dict):
            tell("unreadable", "An annotation is not an object; export the project again.")
        elif annotation.get("was_cancelled") not in (None, False):
            tell("cancelled", "An annotation was cancelled (skipped) and is ignored.")
        else:
            kept += 1
            yield _annotation(annotation, tell)
    if not kept:
        tell("unlabelled", "No annotation is left; label the task, or remove it.")


def _annotation(value: dict[str, Any], tell: Tell) -> Annotation:
    results = value.get("result")
    if not isinstance(results, list):
        tell("unreadable", "An annotation has no list of results; export the project again.")
        results = []
    answers = {answer for result in results for answer in _answer(result, tell)}
    if len(answers) > 1:
        named = ", ".join(map(str, sorted(answers)))
        tell("several_answers", f"One annotation names several answers: {named}; keep one.")
    return Annotation(
        regions=tuple(region for result in results for region in _region(result, tell)),
        answer=answers.pop() if len(answers) == 1 else None,
        ground_truth=value.get("ground_truth") is True,
    )


def _answer(result: Any, tell: Tell) -> Iterator[int]:
    if not isinstance(result, dict) or result.get("type") != "choices":
        return
    if result.get("from_name") != "answer":
        return
    value = result.get("value")
    choices = value.get("choices") if isinstance(value, dict) else None
    name = word(choices[0]) if isinstance(choices, list) and len(choices) == 1 else None
    if name in DIGITS:
        yield int(name)
    else:
        tell("bad_answer", f"The answer is {short(choices)}; it must be one tile from 1 to 5.")


def _region(result: Any, tell: Tell) -> Iterator[Region]:
    kind = result.get("type") if isinstance(result, dict) else None
    if kind in WITHOUT_PLACE:
        return
    if kind not in ("rectanglelabels", "keypointlabels"):
        tell("unknown_region", f"A result of type {short(kind)} is ignored; use rectangles.")
        return
    value = result.get("value")
    value = value if isinstance(value, dict) else {}
    label = "?"
    try:
        label = _label(value.get(kind))
        box = _box(result, value, tell) if kind == "rectanglelabels" else _point(result, value)
    except BadRegion as fault:
        tell("bad_region", f"A region labelled {short(label)} is ignored: {fault}.")
        return
    if label in DIGITS or label == TARGET:
        yield Region(label, box)
    else:
        tell("unknown_label", f"The label {short(label)} is ignored; use 1 to 5 and +.")


def _label(labels: Any) -> str:
    if not isinstance(labels, list) or len(labels) != 1:
        raise BadRegion(f"it must have one label, not {short(labels)}")
    name = word(labels[0])
    if name is None:
        raise BadRegion("its label is not a word")
    return name


def _box(result: dict[str, Any], value: dict[str, Any], tell: Tell) -> Box:
    x, y, width, height = (number(value.get(n), n) / 100 for n in ("x", "y", "width", "height"))
    degrees = number(value.get("rotation", 0) or 0, "rotation")
    if width > 0 and height > 0 and degrees % 360:
        aspect = aspect_of(result.get("original_width"), result.get("original_height"))
        box = upright(Box(x, y, width, height), degrees, aspect)
        tell("rotated_region", f"A region is turned by {degrees:g}°; the upright box is used.")
        x, y, width, height = box.x, box.y, box.width, box.height
    if overhangs(x, y, width, height):
        tell("bad_region", "A region reaches out of the picture; what lies inside is used, if any.")
    return rectangle(x, y, width, height)


def _point(result: dict[str, Any], value: dict[str, Any]) -> Box:
    x, y = number(value.get("x"), "x") / 100, number(value.get("y"), "y") / 100
    return patch(x, y, aspect_of(result.get("original_width"), result.get("original_height")))
