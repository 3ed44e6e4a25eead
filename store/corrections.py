"""Corrects labels of Label Studio or LabelMe; what a correction does not name stays as it was.

A correction changes what counts of a task of Label Studio: every ground-truth annotation, or else
every one that was not cancelled.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from store.errors import BadCorrection
from store.label_studio import Results
from store.labelme import Shapes
from store.places import Json, Marks, digits, in_tile, middle_of

Number = Annotated[int, Field(ge=1, le=5)]
Tile = Literal["1", "2", "3", "4", "5"]


class PerCentBox(BaseModel):
    """A box in per cent of the picture's width and height, as Label Studio writes them."""

    model_config = ConfigDict(extra="forbid")

    x: float = Field(ge=0, le=100)
    y: float = Field(ge=0, le=100)
    width: float = Field(gt=0, le=100)
    height: float = Field(gt=0, le=100)


def _by_tile(schema: Json) -> None:
    """Name the keys one by one, which more readers of schemas know than `propertyNames`."""
    schema.pop("propertyNames", None)
    schema["properties"] = dict.fromkeys(get_args(Tile), schema["additionalProperties"])
    schema["additionalProperties"] = False


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
        default_factory=dict,
        description="The `+` of tiles, by number; null takes it away.",
        json_schema_extra=_by_tile,
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

    `labels` are a list of tasks or LabelMe files, or an object with LabelMe files, or their text,
    by name. Raises `BadCorrection` where a task is not there, is named twice, or a correction
    cannot be made, and where nothing would change at all.
    """
    document = _read(labels, "the labels")
    if isinstance(document, dict):
        return _in_bundle(document, corrections)
    if not isinstance(document, list):
        raise BadCorrection("the labels are neither a list of tasks nor LabelMe files by name")
    known: dict[str, Json] = {}
    for task in document:
        known.setdefault(_name(task), task)
    changes = _changed(known, corrections)
    return _written(document), changes


def _in_bundle(bundle: Json, corrections: Sequence[TaskCorrection]) -> tuple[bytes, list[Json]]:
    """The same for LabelMe files by name; one that nothing is said of stays as it is."""
    stems = Counter(PurePosixPath(name).stem for name in bundle)
    names = {}
    for name in bundle:
        path = PurePosixPath(name)
        names[path.stem if stems[path.stem] == 1 else str(path.with_suffix(""))] = name
    files = {
        one.task: _read(bundle[names[one.task]], names[one.task])
        for one in corrections
        if one.task in names
    }
    changes = _changed(files, corrections)
    for task, file in files.items():
        as_text = isinstance(bundle[names[task]], str)
        bundle[names[task]] = _written(file).decode() if as_text else file
    return _written(bundle), changes


def _changed(known: Mapping[str, Json], corrections: Sequence[TaskCorrection]) -> list[Json]:
    """Correct tasks in place; every change."""
    changes: list[Json] = []
    for task_id, correction in _by_task(corrections):
        if task_id not in known:
            raise BadCorrection(f"there is no task {task_id!r} in the labels")
        counting = _counting(known[task_id], task_id)
        made = [change for one in counting for change in _correct(one, correction)]
        changes += [{"task": task_id} | change for change in _distinct(made)]
    if not changes:
        raise BadCorrection("the corrections change nothing; the labels say all this already")
    return changes


def _read(document: Any, what: str) -> Any:
    """A document that may be JSON text still."""
    if not isinstance(document, str | bytes):
        return document
    try:
        return json.loads(document)
    except (ValueError, RecursionError) as error:
        raise BadCorrection(f"{what}: not JSON: {error}") from error


def _written(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _name(task: Any) -> str:
    """A task's id as the reader of datasets knows it: by its picture's path where it has none."""
    if not isinstance(task, dict):
        return ""
    name, data = task.get("id"), task.get("data")
    if isinstance(name, (str, int)) and not isinstance(name, bool) and str(name).strip():
        return str(name).strip()
    image = data.get("image") if isinstance(data, dict) else task.get("imagePath")
    if not isinstance(image, str):
        return ""
    return PurePosixPath(image.replace("\\", "/")).stem if "shapes" in task else image


def _by_task(corrections: Sequence[TaskCorrection]) -> Iterator[tuple[str, Correction]]:
    seen: set[str] = set()
    for one in corrections:
        if one.task in seen:
            raise BadCorrection(f"task {one.task!r} is corrected twice; join the two")
        seen.add(one.task)
        yield one.task, one.correction


def _counting(task: Any, name: str) -> list[Marks]:
    """The annotations that count, to be changed in place."""
    if isinstance(task, dict) and isinstance(task.get("shapes"), list):
        return [Shapes(task)]
    annotations = task.get("annotations") if isinstance(task, dict) else None
    made = [it for it in annotations or [] if isinstance(it, dict)]
    kept = [it for it in made if it.get("was_cancelled") in (None, False)]
    trusted = [it for it in kept if it.get("ground_truth") is True] or kept
    results = [it["result"] for it in trusted if isinstance(it.get("result"), list)]
    if not results:
        raise BadCorrection(f"task {name!r} has no annotation to correct; label it first")
    return [Results(result) for result in results]


def _distinct(changes: Sequence[Json]) -> list[Json]:
    """Changes without those that several annotations have in common."""
    return list({json.dumps(change, sort_keys=True): change for change in changes}.values())


def _correct(marks: Marks, correction: Correction) -> Iterator[Json]:
    if correction.digit is not None:
        yield from _set_digit(marks, str(correction.digit), correction.digit_box)
    for tile, box in correction.targets.items():
        yield from _set_target(marks, int(tile), box)
    if "answer" in correction.model_fields_set:
        yield from _set_answer(marks, correction.answer)


def _set_digit(marks: Marks, digit: str, box: PerCentBox | None) -> Iterator[Json]:
    marked = digits(marks.places())
    before = [place.label for place in marked]
    if marked:
        marks.relabel(marked[0], digit)
        marks.remove(marked[1:])
    elif box is not None:
        marks.add(digit, box.model_dump())
    else:
        raise BadCorrection("no region marks a digit; say where it is in digit_box")
    if before != [digit]:
        yield {"what": "digit", "from": ", ".join(before) or None, "to": digit}


def _set_target(marks: Marks, tile: int, box: PerCentBox | None) -> Iterator[Json]:
    marked = [it for it in marks.places() if it.label == "+" and in_tile(it.middle, tile)]
    before = [place.box for place in marked]
    after = [] if box is None else [box.model_dump()]
    if before == after:
        return
    if after and not in_tile(middle_of(after[0]), tile):
        raise BadCorrection(f"the + given for tile {tile} lies in another tile")
    marks.remove(marked)
    for one in after:
        marks.add("+", one)
    yield {"what": f"+ of tile {tile}", "from": before or None, "to": after or None}


def _set_answer(marks: Marks, answer: int | None) -> Iterator[Json]:
    before = marks.answers()
    if before == ([] if answer is None else [str(answer)]):
        return
    marks.name_answer(None if answer is None else str(answer))
    yield {"what": "answer", "from": ", ".join(before) or None, "to": answer}
