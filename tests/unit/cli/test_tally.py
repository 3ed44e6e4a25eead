"""The score of a made batch against its truth."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.tally import Score, read_truth, score, shares

TRUTH: dict[str, Any] = {
    "image": "images/7.jpg",
    "difficulty": "easy",
    "digit": 3,
    "answer": 2,
    "width": 1000,
    "target_boxes": [
        {"x": 200.0 * n + 50, "y": 80.0, "width": 30.0, "height": 30.0} for n in range(5)
    ],
}


def solved(point: tuple[float, float], digit: int = 3) -> dict[str, Any]:
    return {"image": "7.jpg", "tile": 2, "point": list(point), "digit": digit, "error": None}


@pytest.mark.parametrize("point", [(250, 80), (280, 110), (265, 95)])
def test_a_point_on_the_icon_or_its_edge_is_correct(point: tuple[float, float]) -> None:
    assert score(TRUTH, solved(point)).correct


@pytest.mark.parametrize("point", [(249.9, 95), (265, 110.1), (65, 95), (465, 95)])
def test_a_point_beside_the_icon_or_on_that_of_another_tile_is_wrong(
    point: tuple[float, float],
) -> None:
    assert not score(TRUTH, solved(point)).correct


def test_the_point_is_in_pixels_of_the_file() -> None:
    assert score(TRUTH | {"width": 500}, solved((132.5, 47.5))).correct


def test_a_right_answer_with_a_misread_digit_is_told_apart() -> None:
    found = score(TRUTH, solved((265, 95), digit=4))
    assert (found.correct, found.digit_correct) == (True, False)


def test_an_error_counts_as_wrong() -> None:
    result = {"image": "7.jpg", "tile": None, "point": None, "digit": None, "error": {"code": "x"}}
    found = score(TRUTH, result)
    assert (found.correct, found.digit_correct, found.failed) == (False, False, True)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.booleans())))
def test_groups_share_out_every_puzzle_once(drawn: list[tuple[str, bool, bool]]) -> None:
    scores = [(group, Score("easy", 1, right, read, False)) for group, right, read in drawn]
    found = shares(scores)
    assert sum(share.puzzles for share in found.values()) == len(scores)
    assert sum(share.correct for share in found.values()) == sum(right for _, right, _ in drawn)
    assert all(
        0 <= share.accuracy <= 1 and 0 <= share.digit_accuracy <= 1 for share in found.values()
    )


def test_the_truth_is_found_by_the_name_of_the_picture(tmp_path: Path) -> None:
    (tmp_path / "truth.jsonl").write_text(json.dumps(TRUTH) + "\n")
    assert read_truth(tmp_path) == {"7.jpg": TRUTH}
