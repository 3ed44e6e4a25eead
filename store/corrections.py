"""Corrects labels as Label Studio exports them; what a correction does not name stays as it was.

A correction changes what counts of a task: every ground-truth annotation, or else every one that
was not cancelled.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from store.errors import BadCorrection
from store.regions import PLACED, box_of, digits, in_tile, is_answer, label_of, placed

Json = dict[str, Any]
Number = Annotated[int, Field(ge=1, le=5)]
Tile = Literal["1", "2", "3", "4", "5"]


class PerCentBox(BaseModel):
    """A box in per cent of the picture's width and height, as Label Studio writes them."""

    model_config = ConfigDict(extra="forbid")

    x: float = Field(ge=0, le=100)
    y: float = Field(ge=0, le=100)
    width: float = Field(gt=0, le=100)
    height: float = Field(gt=0, le=100)


class Correction(BaseModel):
    """What the label of a task should be; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    digit: Number | None = Field(None, description="The digit of the hint.")
    digit_box: PerCentBox | None = Field(
        None, description="Where the digit is; needed where no region marks one yet."
    )
    answer: Number | None = Field(
        None, description="The tile to name as the answer; null takes the name away."
    )
    targets: dict[Tile, PerCentBox | None] = Field(
        default_factory=dict, description="The `+` of tiles, by number; null takes it away."
    )


class TaskCorrection(BaseModel):
    """A correction and the task that it is for."""

    task: str
    correction: Correction


def parse(document: bytes) -> list[TaskCorrection]:
    """Read a list of {"task", "correction"} objects, with whatever else is in them.

    Raises `BadCorrection`.
    """
    try:
        listed = json.loads(document)
        if not isinstance(listed, list) or not listed:
            raise BadCorrection('corrections are a list of {"task": …, "correction": {…}} objects')
        return [TaskCorrection.model_validate(entry) for entry in listed]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BadCorrection(f"a correction cannot be used: {place}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise BadCorrection(f"the corrections are not JSON: {error}") from error


def apply(labels: bytes, corrections: Sequence[TaskCorrection]) -> tuple[bytes, list[Json]]:
    """The corrected labels, and every change: {"task", "what", "from", "to"}.

    Raises `BadCorrection` where a task is not there, is named twice, or a correction cannot be
    made, and where nothing would change at all.
    """
    tasks = _tasks(labels)
    known: dict[str, Json] = {}
    for task in tasks:
        known.setdefault(_name(task), task)
    changes: list[Json] = []
    for task_id, correction in _by_task(corrections):
        if task_id not in known:
            raise BadCorrection(f"there is no task {task_id!r} in the labels")
        made = [change for one in _counting(known[task_id]) for change in _correct(one, correction)]
        changes += [{"task": task_id} | change for change in _distinct(made)]
    if not changes:
        raise BadCorrection("the corrections change nothing; the labels say all this already")
    return (json.dumps(tasks, ensure_ascii=False, indent=1) + "\n").encode(), changes


def _tasks(labels: bytes) -> list[Any]:
    try:
        tasks = json.loads(labels)
    except (ValueError, RecursionError) as error:
        raise BadCorrection(f"the labels are not JSON: {error}") from error
    if not isinstance(tasks, list) or any(isinstance(it, dict) and "shapes" in it for it in tasks):
        raise BadCorrection("only Label Studio's export can be corrected; edit LabelMe files there")
    return tasks


def _name(task: Any) -> str:
    """A task's id as the reader of datasets knows it: its picture's path where it has none."""
    if not isinstance(task, dict):
        return ""
    name, data = task.get("id"), task.get("data")
    if isinstance(name, (str, int)) and not isinstance(name, bool) and str(name).strip():
        return str(name).strip()
    image = data.get("image") if isinstance(data, dict) else None
    return image if isinstance(image, str) else ""


def _by_task(corrections: Sequence[TaskCorrection]) -> Iterator[tuple[str, Correction]]:
    seen: set[str] = set()
    for one in corrections:
        if one.task in seen:
            raise BadCorrection(f"task {one.task!r} is corrected twice; join the two")
        seen.add(one.task)
        yield one.task, one.correction


def _counting(task: Json) -> list[list[Json]]:
    """The results of the annotations that count, to be changed in place."""
    annotations = [it for it in task.get("annotations") or [] if isinstance(it, dict)]
    kept = [it for it in annotations if it.get("was_cancelled") in (None, False)]
    trusted = [it for it in kept if it.get("ground_truth") is True] or kept
    results = [it["result"] for it in trusted if isinstance(it.get("result"), list)]
    if not results:
        raise BadCorrection(f"task {_name(task)!r} has no annotation to correct; label it first")
    return results


def _distinct(changes: Sequence[Json]) -> list[Json]:
    """Changes without those that several annotations have in common."""
    return list({json.dumps(change, sort_keys=True): change for change in changes}.values())


def _correct(results: list[Json], correction: Correction) -> Iterator[Json]:
    if correction.digit is not None:
        yield from _set_digit(results, str(correction.digit), correction.digit_box)
    for tile, box in correction.targets.items():
        yield from _set_target(results, int(tile), box)
    if "answer" in correction.model_fields_set:
        yield from _set_answer(results, correction.answer)


def _set_digit(results: list[Json], digit: str, box: PerCentBox | None) -> Iterator[Json]:
    marked = digits(results)
    before = [label_of(region) for region in marked]
    if marked:
        marked[0]["value"][marked[0]["type"]] = [digit]
        _remove(results, marked[1:])
    elif box is not None:
        results.append(_region(results, digit, box))
    else:
        raise BadCorrection("no region marks a digit; say where it is in digit_box")
    if before != [digit]:
        yield {"what": "digit", "from": ", ".join(before) or None, "to": digit}


def _set_target(results: list[Json], tile: int, box: PerCentBox | None) -> Iterator[Json]:
    marked = [it for it in results if placed(it) and label_of(it) == "+" and in_tile(it, tile)]
    before = [box_of(region) for region in marked]
    after = [] if box is None else [box.model_dump()]
    if before == after:
        return
    _remove(results, marked)
    if box is not None:
        region = _region(results, "+", box)
        if not in_tile(region, tile):
            raise BadCorrection(f"the + given for tile {tile} lies in another tile")
        results.append(region)
    yield {"what": f"+ of tile {tile}", "from": before or None, "to": after or None}


def _set_answer(results: list[Json], answer: int | None) -> Iterator[Json]:
    named = [it for it in results if is_answer(it)]
    before = [choice for it in named for choice in it["value"].get("choices", [])]
    after = [] if answer is None else [str(answer)]
    if before == after:
        return
    _remove(results, named)
    if answer is not None:
        made = {"type": "choices", "from_name": "answer", "to_name": _to_name(results)}
        results.append(made | {"value": {"choices": after}})
    yield {"what": "answer", "from": ", ".join(map(str, before)) or None, "to": answer}


def _remove(results: list[Json], unwanted: Sequence[Json]) -> None:
    results[:] = [it for it in results if not any(it is other for other in unwanted)]


def _region(results: Sequence[Json], label: str, box: PerCentBox) -> Json:
    """A new rectangle, with the names and sizes of those that are there."""
    like = next((it for it in results if placed(it)), {})
    sizes = {n: like[n] for n in ("original_width", "original_height") if n in like}
    names = {"from_name": like.get("from_name", "label"), "to_name": _to_name(results)}
    value = box.model_dump() | {"rotation": 0, PLACED[0]: [label]}
    return {"type": PLACED[0]} | names | sizes | {"value": value}


def _to_name(results: Sequence[Json]) -> str:
    names = (it.get("to_name") for it in results if isinstance(it, dict))
    return next((name for name in names if isinstance(name, str)), "image")
