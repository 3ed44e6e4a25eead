"""One answer held against one label."""

import json
from dataclasses import replace

import pytest

from solver.evaluation import outcome_from_json, outcome_to_json
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
    scored,
    seeing,
    without_target,
)

FAILURE = Failure("truncated", "The picture ends too early.")


def test_a_right_answer_is_correct_in_every_part() -> None:
    outcome = scored(PUZZLE, SOLUTION)
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
    assert scored(label, replace(SOLUTION, point=(x, y))).correct is correct


def test_the_box_grows_with_the_picture() -> None:
    label = replace(PUZZLE, answer=3)
    twice = replace(SEEN, size=(2000, 800))
    x, y = SOLUTION.point
    assert scored(label, replace(SOLUTION, point=(2 * x, 2 * y), seen=twice)).correct
    assert not scored(label, replace(SOLUTION, seen=twice)).correct


def test_an_answer_named_outright_is_not_derived() -> None:
    outcome = scored(replace(PUZZLE, answer=2), SOLUTION)
    assert (outcome.answer, outcome.derived, outcome.correct) == (2, False, False)


def test_the_right_tile_and_the_wrong_planet_is_wrong() -> None:
    outcome = scored(PUZZLE, pointing(OTHERS[2]))
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
    outcome = scored(label, SOLUTION)
    assert (outcome.ambiguous, outcome.scored, outcome.correct) == (True, False, None)
    assert outcome.lost_to is None


def test_a_failure_is_scored_as_wrong() -> None:
    outcome = scored(PUZZLE, FAILURE)
    assert (outcome.scored, outcome.failed, outcome.correct) == (True, True, False)
    assert (outcome.lost_to, outcome.regained) == ("layout", ("layout",))
    assert outcome.error == "truncated"
    assert outcome.digit_correct is False


@pytest.mark.parametrize(
    "label",
    [replace(PUZZLE, digit=None), replace(PUZZLE, targets=(None,) * 5)],
)
def test_a_failure_under_a_label_that_cannot_tell_is_left_out(label: object) -> None:
    outcome = scored(label, FAILURE)
    assert (outcome.scored, outcome.failed, outcome.ambiguous) == (False, True, True)


def test_a_tile_without_its_plus_gives_no_similarities() -> None:
    outcome = scored(without_target(1), SOLUTION)
    assert (len(outcome.positives), len(outcome.negatives), outcome.targets) == (4, 4, 4)


def test_a_tile_whose_target_was_not_found_gives_negatives_only() -> None:
    outcome = scored(PUZZLE, replace(SOLUTION, seen=seeing(*TARGETS[1:], *OTHERS)))
    assert (outcome.targets, outcome.found, len(outcome.negatives)) == (5, 4, 5)


def test_a_tie_for_the_most_similar_is_not_the_top() -> None:
    rival = planet(1, 3, 2.5, 0.9)
    outcome = scored(PUZZLE, replace(SOLUTION, seen=seeing(*TARGETS, rival)))
    assert (outcome.found, outcome.top) == (5, 4)


@pytest.mark.parametrize("answered", [SOLUTION, pointing(OTHERS[0]), FAILURE])
def test_an_outcome_comes_back_from_json_as_it_was(answered: object) -> None:
    outcome = scored(replace(PUZZLE, groups=(("style", "night"),)), answered)
    assert outcome_from_json(json.loads(json.dumps(outcome_to_json(outcome)))) == outcome


def test_an_outcome_that_an_earlier_version_stored_can_still_be_read() -> None:
    stored = outcome_to_json(scored(PUZZLE, SOLUTION))
    del stored["regained"]
    assert outcome_from_json(stored) == scored(PUZZLE, SOLUTION)
