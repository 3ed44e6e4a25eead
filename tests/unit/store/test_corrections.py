"""Labels as Label Studio exports them, corrected task by task."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dataset import read_labels
from store.corrections import Correction, TaskCorrection, apply, parse
from store.errors import BadCorrection
from tests.unit.dataset.labelled import annotation, answer, digit, rectangle, task

Json = dict[str, Any]
BOX = {"x": 22.0, "y": 10.0, "width": 3.0, "height": 8.0}


def marks(label: str = "3") -> list[Json]:
    """A digit, and a + in each tile."""
    return [digit(label), *(rectangle("+", 200 * n + 50, 60, 20, 20) for n in range(5))]


def document(*annotations: Json, **more: Any) -> bytes:
    """Task 7 with these annotations, and task 8, which nobody corrects."""
    tasks = [task(*annotations, number=7) | more, task(annotation(marks("5")), number=8)]
    return json.dumps(tasks).encode()


def corrected(labels: bytes, **correction: Any) -> tuple[list[Json], list[Json]]:
    """The tasks after a correction of task 7, and the changes."""
    asked = [TaskCorrection(task="7", correction=Correction.model_validate(correction))]
    after, changes = apply(labels, asked)
    return json.loads(after), changes


def read_back(tasks: list[Json]) -> Any:
    """Task 7 as the reader of datasets understands it."""
    found = read_labels(json.dumps(tasks).encode(), ["images/7.jpg", "images/8.jpg"])
    return next(puzzle for puzzle in found.puzzles if puzzle.id == "7")


def test_a_digit_is_changed_and_nothing_else() -> None:
    labels = document(annotation(marks()), meta={"kept": [1.50, "ü", None]})
    tasks, changes = corrected(labels, digit=4)
    assert changes == [{"task": "7", "what": "digit", "from": "3", "to": "4"}]
    assert read_back(tasks).digit == 4
    before = json.loads(labels)
    before[0]["annotations"][0]["result"][0]["value"]["rectanglelabels"] = ["4"]
    assert tasks == before


def test_a_digit_that_is_missing_is_put_where_it_is() -> None:
    labels = document(annotation(marks()[1:]))
    with pytest.raises(BadCorrection, match="digit_box"):
        corrected(labels, digit=4)
    box = {"x": 4.0, "y": 55.0, "width": 3.0, "height": 10.0}
    tasks, changes = corrected(labels, digit=4, digit_box=box)
    assert changes[0]["from"] is None
    assert read_back(tasks).digit == 4


def test_of_two_digits_one_is_left() -> None:
    tasks, changes = corrected(document(annotation([*marks(), digit("5")])), digit=5)
    assert changes == [{"task": "7", "what": "digit", "from": "3, 5", "to": "5"}]
    assert read_back(tasks).digit == 5


def test_a_plus_is_moved_added_and_taken_away() -> None:
    labels = document(annotation(marks()))
    tasks, changes = corrected(labels, targets={"2": BOX, "3": None})
    assert [change["what"] for change in changes] == ["+ of tile 2", "+ of tile 3"]
    puzzle = read_back(tasks)
    assert puzzle.targets[2] is None
    assert puzzle.targets[1].scaled(100, 100).centre == pytest.approx((23.5, 14.0))
    again, _ = corrected(json.dumps(tasks).encode(), targets={"3": BOX | {"x": 45.0}})
    assert read_back(again).targets[2] is not None


def test_a_plus_for_another_tile_is_refused() -> None:
    with pytest.raises(BadCorrection, match="another tile"):
        corrected(document(annotation(marks())), targets={"4": BOX})


def test_an_answer_is_named_changed_and_taken_back() -> None:
    tasks, _ = corrected(document(annotation(marks())), answer=4)
    assert read_back(tasks).answer == 4
    tasks, changes = corrected(json.dumps(tasks).encode(), answer=2)
    assert changes == [{"task": "7", "what": "answer", "from": "4", "to": 2}]
    tasks, _ = corrected(json.dumps(tasks).encode(), answer=None)
    assert read_back(tasks).answer is None


def test_what_does_not_count_is_left_alone() -> None:
    cancelled = annotation(marks("1")) | {"was_cancelled": True}
    doubtful = annotation(marks("2"))
    truth = annotation([*marks(), answer("3")]) | {"ground_truth": True}
    tasks, _ = corrected(document(cancelled, doubtful, truth), digit=4)
    labels = [it["result"][0]["value"]["rectanglelabels"] for it in tasks[0]["annotations"]]
    assert labels == [["1"], ["2"], ["4"]]


def test_annotators_who_disagree_are_brought_together() -> None:
    labels = document(annotation(marks("1")), annotation(marks("2")))
    tasks, changes = corrected(labels, digit=4)
    assert [change["from"] for change in changes] == ["1", "2"]
    assert read_back(tasks).digit == 4


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (b"{", "not JSON"),
        (b'"7"', "neither a list of tasks nor LabelMe"),
        (b'[{"id": 1}]', "no task '7'"),
        (document(), "no annotation"),
        (document(annotation(marks("4"))), "change nothing"),
    ],
)
def test_labels_that_cannot_be_corrected_say_why(labels: bytes, says: str) -> None:
    with pytest.raises(BadCorrection, match=says):
        corrected(labels, digit=4)


def test_a_task_that_is_corrected_twice_is_refused() -> None:
    twice = [TaskCorrection(task="7", correction=Correction(digit=n)) for n in (1, 2)]
    with pytest.raises(BadCorrection, match="twice"):
        apply(document(annotation(marks())), twice)


@pytest.mark.parametrize(
    "value",
    [
        b"{",
        b"[]",
        b"{}",
        b"[7]",
        b'[{"task": "7"}]',
        b'[{"task": "7", "correction": {"digit": 6}}]',
        b'[{"task": "7", "correction": {"colour": "red"}}]',
        b'[{"task": "7", "correction": {"targets": {"6": null}}}]',
        b'[{"task": "7", "correction": {"targets": {"1": {"x": 1}}}}]',
    ],
)
def test_corrections_that_cannot_be_read_say_so(value: bytes) -> None:
    with pytest.raises(BadCorrection):
        parse(value)


def test_a_suspect_can_be_passed_on_as_it_is() -> None:
    suspect = {"task": "7", "score": 0.9, "message": "", "correction": {"digit": 4}}
    assert parse(json.dumps([suspect]).encode())[0].correction.digit == 4


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@given(
    st.lists(st.fixed_dictionaries({"type": VALUES, "value": VALUES}) | VALUES, max_size=4),
    st.sampled_from([{"digit": 4}, {"answer": 2}, {"targets": {"1": None}}]),
)
def test_whatever_else_is_in_a_task_is_kept(results: list[Any], correction: Json) -> None:
    labels = document(annotation([*marks(), *results]))
    try:
        tasks, _ = corrected(labels, **correction)
    except BadCorrection:
        return
    kept = tasks[0]["annotations"][0]["result"]
    assert all(it in kept for it in results)
    assert tasks[1] == json.loads(labels)[1]
