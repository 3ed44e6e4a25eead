"""What is seen of pictures without solving any, and what is counted."""

import json

import numpy as np

from solver.dataset import Inspection, LabelledPuzzle, inspect, read_labels
from solver.errors import PictureError
from solver.picture import encode
from tests.unit.dataset.labelled import annotation, answer, digit, target, task, whole

GREY, WHITE = (encode(np.full((40, 100, 3), shade, np.uint8)) for shade in (90, 255))
LARGE = encode(np.full((80, 200, 3), 90, np.uint8))


def inspected(pictures: dict[int, bytes], *tasks: object) -> Inspection:
    """Tasks, each with the picture of its number; one that has none is missing from the store."""
    names = [f"images/{number}.jpg" for number in range(1, 10)]
    dataset = read_labels(json.dumps(tasks).encode(), names)

    def content(puzzle: LabelledPuzzle) -> bytes:
        if int(puzzle.id) not in pictures:
            raise PictureError("missing", "It is gone.")
        return pictures[int(puzzle.id)]

    return inspect(dataset, content)


def good(number: int, **data: object) -> dict[str, object]:
    return task(annotation(whole()), number=number, **data)


def told(found: Inspection) -> list[tuple[str, str]]:
    return [(problem.task, problem.code) for problem in found.problems]


def test_good_puzzles_have_no_problem_and_are_counted() -> None:
    named = task(annotation([digit("5"), *whole()[1:], answer("2")]), number=2, split="test")
    found = inspected({1: GREY, 2: LARGE, 3: WHITE}, good(1), named, good(3))
    assert found.problems == ()
    counts = found.statistics
    assert (counts["puzzles"], counts["pictures"], counts["ambiguous"]) == (3, 3, 0)
    assert counts["digits"] == {"1": 0, "2": 0, "3": 2, "4": 0, "5": 1, "none": 0}
    assert counts["answers"] == {"1": 0, "2": 1, "3": 0, "4": 0, "5": 0, "none": 2}
    assert counts["targets"] == dict.fromkeys("12345", 3)
    assert counts["sizes"] == {"100x40": 2, "200x80": 1}
    assert sum(counts["splits"].values()) == 3
    assert counts["named_splits"] == 1


def test_every_bad_picture_is_told_by_task_and_stops_nothing() -> None:
    found = inspected({1: b"GIF89a", 2: b"", 4: GREY[:40]}, *(good(n) for n in (1, 2, 3, 4)))
    assert told(found) == [
        ("1", "unsupported_format"),
        ("2", "empty"),
        ("3", "missing"),
        ("4", "truncated"),
    ]
    assert found.statistics["unreadable"] == 4


def test_one_picture_under_several_names_is_told() -> None:
    found = inspected({1: GREY, 2: WHITE, 3: GREY, 4: GREY}, *(good(n) for n in (1, 2, 3, 4)))
    assert told(found) == [("3", "duplicate_picture"), ("4", "duplicate_picture")]
    assert "images/1.jpg of task 1" in found.problems[0].message
    assert (found.statistics["pictures"], found.statistics["duplicates"]) == (2, 2)


def test_one_picture_on_both_sides_of_the_split_is_told_as_such() -> None:
    found = inspected({1: GREY, 2: GREY}, good(1, split="train"), good(2, split="test"))
    assert "kept for train and this one for test" in found.problems[0].message


def test_labels_that_cannot_tell_right_from_wrong_are_counted() -> None:
    blind = task(annotation([digit("3")]), number=1)
    bare = task(annotation([target(2)]), number=2)
    elsewhere = task(annotation([digit("3"), target(2), answer("4")]), number=3)
    found = inspected({n: bytes([n]) for n in (1, 2, 3)}, blind, bare, elsewhere)
    assert found.statistics["ambiguous"] == 3
