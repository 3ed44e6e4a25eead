"""One answer held against one label."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.evaluation import outcome_from_json, outcome_to_json, score
from solver.solution import Box, Failure
from tests.unit.evaluate.puzzles import (
    ANSWER,
    OTHERS,
    PUZZLE,
    SEEN,
    SOLUTION,
    TARGETS,
    planet,
    pointing,
    seeing,
    without_target,
)

FAILURE = Failure("truncated", "The picture ends too early.")


def test_a_right_answer_is_correct_in_every_part() -> None:
    outcome = score(PUZZLE, SOLUTION)
    assert outcome.correct
    assert outcome.scored
    assert outcome.derived
    assert not outcome.ambiguous
    assert not outcome.failed
    assert (outcome.answer, outcome.tile_correct, outcome.digit_correct) == (ANSWER, True, True)
    assert outcome.lost_to is None
    assert (outcome.targets, outcome.found, outcome.top) == (5, 5, 5)
    assert outcome.positives == (0.9,) * 5
    assert outcome.negatives == (0.1,) * 5


@pytest.mark.parametrize(
    ("x", "y", "correct"),
    [
        (410.0, 40.0, True),
        (430.0, 60.0, True),
        (420.0, 60.0, True),
        (430.01, 50.0, False),
        (420.0, 39.99, False),
        (409.99, 50.0, False),
        (430.004, 50.0, True),
    ],
)
def test_the_edges_of_the_box_are_inside(x: float, y: float, correct: bool) -> None:
    targets = list(PUZZLE.targets)
    targets[2] = Box(41.0 / 100, 10.0 / 100, 2.0 / 100, 5.0 / 100)
    label = replace(PUZZLE, targets=tuple(targets), answer=3)
    assert score(label, replace(SOLUTION, point=(x, y))).correct is correct


def test_the_box_grows_with_the_picture() -> None:
    label = replace(PUZZLE, answer=3)
    twice = replace(SEEN, size=(2000, 800))
    x, y = SOLUTION.point
    assert score(label, replace(SOLUTION, point=(2 * x, 2 * y), seen=twice)).correct
    assert not score(label, replace(SOLUTION, seen=twice)).correct


def test_an_answer_named_outright_is_not_derived() -> None:
    outcome = score(replace(PUZZLE, answer=2), SOLUTION)
    assert (outcome.answer, outcome.derived, outcome.correct) == (2, False, False)


def test_the_right_tile_and_the_wrong_planet_is_wrong() -> None:
    outcome = score(PUZZLE, pointing(OTHERS[2]))
    assert (outcome.correct, outcome.tile_correct) == (False, True)


@pytest.mark.parametrize(
    "label",
    [
        replace(PUZZLE, digit=None),
        replace(PUZZLE, targets=(None,) * 5),
        without_target(ANSWER),
        replace(without_target(2), answer=2),
        replace(PUZZLE, targets=(PUZZLE.targets[0],) * 5),
    ],
)
def test_an_ambiguous_label_is_left_out(label: object) -> None:
    outcome = score(label, SOLUTION)
    assert (outcome.ambiguous, outcome.scored, outcome.correct) == (True, False, None)
    assert outcome.lost_to is None


def test_a_failure_is_scored_as_wrong() -> None:
    outcome = score(PUZZLE, FAILURE)
    assert (outcome.scored, outcome.failed, outcome.correct) == (True, True, False)
    assert (outcome.lost_to, outcome.error) == ("layout", "truncated")
    assert outcome.digit_correct is False


@pytest.mark.parametrize(
    "label",
    [replace(PUZZLE, digit=None), replace(PUZZLE, targets=(None,) * 5)],
)
def test_a_failure_under_a_label_that_cannot_tell_is_left_out(label: object) -> None:
    outcome = score(label, FAILURE)
    assert (outcome.scored, outcome.failed, outcome.ambiguous) == (False, True, True)


def test_a_tile_without_its_plus_gives_no_similarities() -> None:
    outcome = score(without_target(1), SOLUTION)
    assert (len(outcome.positives), len(outcome.negatives), outcome.targets) == (4, 4, 4)


def test_a_tile_whose_target_was_not_found_gives_negatives_only() -> None:
    outcome = score(PUZZLE, replace(SOLUTION, seen=seeing(*TARGETS[1:], *OTHERS)))
    assert (outcome.targets, outcome.found, len(outcome.negatives)) == (5, 4, 5)


def test_a_tie_for_the_most_similar_is_not_the_top() -> None:
    rival = planet(1, 3, 2.5, 0.9)
    outcome = score(PUZZLE, replace(SOLUTION, seen=seeing(*TARGETS, rival)))
    assert (outcome.found, outcome.top) == (5, 4)


def test_a_misread_digit_is_charged_to_the_digit() -> None:
    assert score(PUZZLE, pointing(TARGETS[3], digit=4)).lost_to == "digit"


def test_a_target_that_was_not_found_is_charged_to_the_detection() -> None:
    seen = seeing(*TARGETS[:2], *TARGETS[3:], *OTHERS)
    assert score(PUZZLE, pointing(OTHERS[2], seen=seen)).lost_to == "detection"


def test_a_target_put_on_another_orbit_is_charged_to_the_orbit() -> None:
    moved = replace(TARGETS[2], rank=2)
    seen = seeing(*TARGETS[:2], moved, *TARGETS[3:], *OTHERS)
    assert score(PUZZLE, pointing(OTHERS[1], seen=seen)).lost_to == "orbit"


def test_a_look_alike_that_matches_better_is_charged_to_the_match() -> None:
    double = replace(OTHERS[2], similarity=0.95)
    seen = seeing(*TARGETS, *OTHERS[:2], double, *OTHERS[3:])
    assert score(PUZZLE, pointing(double, seen=seen)).lost_to == "match"


def test_a_look_alike_in_another_tile_is_charged_to_the_match() -> None:
    assert score(PUZZLE, pointing(OTHERS[0])).lost_to == "match"


def test_the_target_of_another_tile_is_charged_to_its_orbit() -> None:
    assert score(PUZZLE, pointing(TARGETS[3])).lost_to == "orbit"


def test_a_choice_against_all_that_was_seen_is_charged_to_the_decision() -> None:
    assert score(PUZZLE, pointing(OTHERS[2])).lost_to == "decision"


@pytest.mark.parametrize("answered", [SOLUTION, pointing(OTHERS[0]), FAILURE])
def test_an_outcome_comes_back_from_json_as_it_was(answered: object) -> None:
    outcome = score(replace(PUZZLE, groups=(("style", "night"),)), answered)
    assert outcome_from_json(json.loads(json.dumps(outcome_to_json(outcome)))) == outcome


@given(st.integers(1, 5), st.floats(-50, 1050), st.floats(-50, 450), st.integers(1, 5))
def test_a_wrong_answer_is_always_charged_to_one_stage(
    tile: int, x: float, y: float, digit: int
) -> None:
    outcome = score(PUZZLE, replace(SOLUTION, tile=tile, point=(x, y), digit=digit))
    assert (outcome.lost_to is not None) is (outcome.correct is False)
