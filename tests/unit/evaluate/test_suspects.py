"""Labels that a confident solver contradicts."""

from dataclasses import replace

from solver.evaluation import suspects
from tests.unit.evaluate.puzzles import (
    OTHERS,
    PUZZLE,
    SEEN,
    SOLUTION,
    TARGETS,
    box_at,
    pointing,
    seeing,
    without_target,
)


def labelled(tile: int, box: object) -> object:
    targets = list(PUZZLE.targets)
    targets[tile - 1] = box
    return replace(PUZZLE, targets=tuple(targets), answer=3)


def test_a_good_label_is_not_suspected() -> None:
    assert suspects(PUZZLE, SOLUTION) == []
    assert suspects(replace(PUZZLE, answer=3), SOLUTION) == []


def test_a_digit_that_reads_otherwise_is_suspected() -> None:
    found = suspects(replace(PUZZLE, digit=5, answer=3), SOLUTION)
    assert [(one.kind, one.confidence) for one in found] == [("digit", 1.0)]
    assert "labelled 5" in found[0].message


def test_an_unsure_solver_suspects_no_digit() -> None:
    unsure = replace(SEEN, digit_probabilities=(0, 0, 0.45, 0, 0.55))
    label = replace(PUZZLE, answer=3)
    assert suspects(label, replace(SOLUTION, digit=5, seen=unsure)) != []
    unsure = replace(SEEN, digit_probabilities=(0, 0, 0.55, 0, 0.45))
    assert suspects(label, replace(SOLUTION, digit=5, seen=unsure)) == []


def test_a_plus_on_another_planet_is_suspected() -> None:
    (found,) = suspects(labelled(1, box_at(OTHERS[0])), SOLUTION)
    assert (found.kind, round(found.confidence, 2)) == ("target", 0.81)
    assert "tile 1 marks another planet" in found.message


def test_a_plus_on_nothing_is_suspected() -> None:
    nothing = replace(TARGETS[0], x=20, y=20)
    (found,) = suspects(labelled(1, box_at(nothing)), SOLUTION)
    assert "no planet" in found.message


def test_a_plus_a_little_beside_its_planet_is_not() -> None:
    beside = replace(TARGETS[0], x=TARGETS[0].x + 13)
    assert suspects(labelled(1, box_at(beside)), SOLUTION) == []


def test_an_answer_that_names_another_tile_is_suspected() -> None:
    found = suspects(replace(PUZZLE, answer=2), SOLUTION)
    assert [(one.kind, one.confidence) for one in found] == [("answer", 0.96)]


def test_an_unsure_solver_suspects_no_answer() -> None:
    assert suspects(replace(PUZZLE, answer=2), replace(SOLUTION, confidence=0.2)) == []


def test_a_label_without_one_answer_is_suspected_as_far_as_the_solver_is_sure() -> None:
    (found,) = suspects(without_target(3), SOLUTION)
    assert (found.kind, found.confidence) == ("ambiguous", 0.96)
    assert suspects(without_target(3), replace(SOLUTION, confidence=0.3)) == []


def test_the_surest_doubt_comes_first() -> None:
    label = replace(labelled(1, box_at(OTHERS[0])), digit=5)
    assert [one.kind for one in suspects(label, SOLUTION)] == ["digit", "target"]


def test_a_solver_that_found_no_planet_doubts_no_plus() -> None:
    blind = pointing(TARGETS[2], seen=seeing())
    assert suspects(replace(PUZZLE, answer=3), blind) == []
