"""A solved picture as JSON."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.errors import PictureError, SolverError
from solver.solution import Box, Failure, record, seen_to_json
from tests.unit.evaluate.puzzles import SEEN, SOLUTION

coordinates = st.floats(-1e4, 1e4)


def test_a_solved_picture_has_the_fields_of_the_format_in_their_order() -> None:
    solution = replace(SOLUTION, tile=4, point=(712.5004, 88.0), confidence=0.98700004)
    assert json.dumps(record("186414.jpg", solution)) == (
        '{"image": "186414.jpg", "tile": 4, "point": [712.5, 88.0], "digit": 3, '
        '"confidence": 0.987, "error": null}'
    )


def test_a_failure_has_its_error_and_nulls_elsewhere() -> None:
    assert record("a.jpg", Failure("empty", "The file is empty.")) == {
        "image": "a.jpg",
        "tile": None,
        "point": None,
        "digit": None,
        "confidence": None,
        "error": {"code": "empty", "message": "The file is empty."},
    }


@pytest.mark.parametrize(("box", "told"), [(None, None), (Box(1, 2, 3, 4), [1, 2, 3, 4])])
def test_what_was_seen_is_plain_json(box: Box | None, told: list[float] | None) -> None:
    seen = seen_to_json(replace(SEEN, digit_box=box, centre=(100.25, -3.5)))
    assert json.loads(json.dumps(seen)) == seen
    assert seen["digit_box"] == told
    assert seen["centre"] == [100.25, -3.5]


@given(coordinates, coordinates, st.floats(0, 1e3), st.floats(0, 1e3))
def test_the_centre_of_a_box_lies_in_it(x: float, y: float, width: float, height: float) -> None:
    box = Box(x, y, width, height)
    assert box.contains(*box.centre, slack=1e-9)
    assert not box.contains(x + width + 1, y, slack=0.5)


def test_a_picture_error_names_its_code_and_is_a_solver_error() -> None:
    error = PictureError("empty", "The file is empty.")
    assert isinstance(error, SolverError)
    assert (error.code, str(error)) == ("empty", "The file is empty.")
