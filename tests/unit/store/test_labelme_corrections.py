"""Labels as LabelMe writes them, corrected file by file."""

import json
from typing import Any

import pytest

from solver.dataset import LabelledPuzzle, read_labels
from store.corrections import Correction, TaskCorrection, apply
from store.errors import BadCorrection
from store.places import middle_of
from tests.unit.dataset.labelled import labelme

Json = dict[str, Any]
#: A box in tile 2, in per cent.
BOX = {"x": 22.0, "y": 10.0, "width": 3.0, "height": 8.0}


def text(name: str) -> str:
    return json.dumps(labelme(name), separators=(",", ":"))


def corrected(document: Any, task: str = "7", **correction: Any) -> tuple[Any, list[Json]]:
    """The labels after a correction of one task, and the changes."""
    asked = [TaskCorrection(task=task, correction=Correction.model_validate(correction))]
    after, changes = apply(json.dumps(document).encode(), asked)
    return json.loads(after), changes


def read_back(document: Any, task: str = "7") -> LabelledPuzzle:
    """A task as the reader of datasets understands it."""
    images = ["7.jpg", "8.jpg", "a/7.jpg", "b/7.jpg"]
    found = read_labels(json.dumps(document).encode(), images)
    return next(puzzle for puzzle in found.puzzles if puzzle.id == task)


@pytest.mark.parametrize(
    "document",
    [
        [labelme("7"), labelme("8")],
        {"7.json": labelme("7"), "8.json": labelme("8")},
        {"7.json": text("7"), "8.json": text("8")},
    ],
    ids=["a list", "files by name", "their text by name"],
)
def test_a_digit_and_a_target_are_corrected_however_the_files_travel(document: Any) -> None:
    after, changes = corrected(document, digit=4, targets={"2": BOX})
    assert [change["what"] for change in changes] == ["digit", "+ of tile 2"]
    assert (changes[0]["from"], changes[0]["to"]) == ("3", "4")
    assert changes[1]["to"] == [BOX]
    puzzle = read_back(after)
    assert puzzle.digit == 4
    target = puzzle.targets[1]
    assert target is not None
    assert (100 * target.x, 100 * target.y) == pytest.approx((BOX["x"], BOX["y"]))
    assert read_back(after, "8") == read_back(document, "8")


def test_what_a_correction_does_not_name_stays_to_the_letter() -> None:
    document = {"7.json": text("7"), "8.json": text("8")}
    after, _ = corrected(document, digit=4)
    assert after["8.json"] == document["8.json"]
    one = json.loads(after["7.json"])
    one["shapes"][0]["label"] = "3"
    assert one == labelme("7")


def test_a_digit_and_a_target_are_put_where_there_was_none_and_taken_away() -> None:
    bare = labelme("7")
    bare["shapes"] = bare["shapes"][2:]
    box = {"x": 4.0, "y": 55.0, "width": 3.0, "height": 10.0}
    with pytest.raises(BadCorrection, match="digit_box"):
        corrected([bare], digit=4)
    after, _ = corrected([bare], digit=4, digit_box=box, targets={"1": None, "2": None})
    puzzle = read_back(after)
    assert (puzzle.digit, puzzle.targets[1]) == (4, None)


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("point", [[210, 40]]),
        ("circle", [[210, 40], [230, 40]]),
        ("polygon", [[205, 40], [215, 40], [210, 60]]),
        ("rectangle", [[215, 50], [205, 30]]),
    ],
)
def test_shapes_of_every_kind_are_found_in_their_tile(kind: str, points: list[Any]) -> None:
    odd = labelme("7")
    odd["shapes"][2] |= {"shape_type": kind, "points": points}
    _, changes = corrected([odd], targets={"2": BOX})
    [before] = changes[0]["from"]
    assert 20 < middle_of(before)[0] < 24


def test_files_of_one_name_in_two_folders_go_by_their_paths() -> None:
    document = {"a/7.json": text("7"), "b/7.json": text("7")}
    after, _ = corrected(document, task="b/7", digit=4)
    assert (read_back(after, "a/7").digit, read_back(after, "b/7").digit) == (3, 4)


@pytest.mark.parametrize(
    ("changed", "correction", "says"),
    [
        ({}, {"answer": 2}, "names no answer"),
        ({"imageWidth": None}, {"targets": {"2": BOX}}, "imageWidth"),
        ({}, {"targets": {"3": BOX}}, "another tile"),
        ({}, {"digit": 3}, "change nothing"),
        ({"shapes": [7, {"label": "3"}, {"label": "3", "points": "x"}]}, {"digit": 3}, "digit_box"),
    ],
)
def test_what_a_labelme_file_cannot_say_is_refused(
    changed: Json, correction: Json, says: str
) -> None:
    with pytest.raises(BadCorrection, match=says):
        corrected({"7.json": labelme("7") | changed}, **correction)


def test_a_file_that_is_broken_is_named() -> None:
    with pytest.raises(BadCorrection, match=r"7\.json: not JSON"):
        corrected({"7.json": "{"}, digit=4)
