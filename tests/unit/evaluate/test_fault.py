"""When the label, and not the solver, is at fault."""

from dataclasses import replace

import pytest

from solver.dataset import LabelledPuzzle
from solver.evaluation.fault import at_fault
from solver.solution import Planet
from tests.unit.evaluate.puzzles import (
    OTHERS,
    PUZZLE,
    SEEN,
    SOLUTION,
    TAKEN_IN,
    TARGETS,
    box_at,
    scored,
    seeing,
    without_target,
)


def marking(target: Planet, **more: object) -> LabelledPuzzle:
    """The label with the `+` of one tile on another planet."""
    targets = list(PUZZLE.targets)
    targets[target.tile - 1] = box_at(target)
    return replace(PUZZLE, targets=tuple(targets), **more)


WRONG_ANSWER = replace(PUZZLE, answer=2)
WRONG_DIGIT = replace(PUZZLE, digit=5)
WRONG_PLUS = marking(OTHERS[2])


@pytest.mark.parametrize("label", [WRONG_ANSWER, WRONG_DIGIT, WRONG_PLUS])
def test_a_label_against_its_own_marks_and_a_sure_solver_is_at_fault(label: LabelledPuzzle) -> None:
    outcome = scored(label, SOLUTION)
    assert (outcome.correct, outcome.scored) == (False, True)
    assert (outcome.lost_to, outcome.regained) == ("label", ("label",))


@pytest.mark.parametrize("label", [WRONG_ANSWER, WRONG_DIGIT, WRONG_PLUS])
def test_an_unsure_solver_blames_no_label(label: LabelledPuzzle) -> None:
    assert not at_fault(label, replace(SOLUTION, confidence=0.89))


def test_a_digit_that_the_reader_half_believes_is_not_at_fault() -> None:
    unsure = replace(SEEN, digit_probabilities=(0.0, 0.0, 0.95, 0.0, 0.05))
    assert not at_fault(WRONG_DIGIT, replace(SOLUTION, seen=unsure))


def test_a_digit_that_the_named_answer_bears_out_is_not_at_fault() -> None:
    assert not at_fault(replace(WRONG_DIGIT, answer=5), SOLUTION)


def test_a_sure_solver_that_no_mark_bears_out_blames_no_label() -> None:
    assert not at_fault(PUZZLE, TAKEN_IN)
    assert not at_fault(replace(without_target(3), answer=2), SOLUTION)


def test_an_orbit_that_is_unsure_blames_no_named_answer() -> None:
    unsure = replace(TARGETS[1], rank_probability=0.6)
    seen = seeing(TARGETS[0], unsure, *TARGETS[2:], *OTHERS)
    assert not at_fault(WRONG_ANSWER, replace(SOLUTION, seen=seen))


def test_a_look_alike_is_not_called_a_misplaced_plus() -> None:
    alike = replace(OTHERS[2], similarity=0.85)
    faded = replace(TARGETS[4], similarity=0.8)
    seen = seeing(*TARGETS[:4], faded, *OTHERS[:2], alike, *OTHERS[3:])
    assert not at_fault(marking(alike), replace(SOLUTION, seen=seen))
