"""Labels that a solver believes to be others, ranked by confident learning."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dataset import LabelledPuzzle
from solver.evaluation import Check, Suspect, checks, suspects
from solver.evaluation.belief import Given, belief
from solver.solution import Box, Solution
from tests.unit.evaluate.puzzles import (
    DIGIT,
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


def labelled(tile: int, box: Box | None, answer: int | None = 3) -> LabelledPuzzle:
    targets = list(PUZZLE.targets)
    targets[tile - 1] = box
    return replace(PUZZLE, targets=tuple(targets), answer=answer)


def found(label: LabelledPuzzle, solution: Solution = SOLUTION, good: int = 9) -> list[Suspect]:
    """What is suspected of one label among good ones."""
    others = [replace(PUZZLE, id=f"good {n}", answer=3) for n in range(good)]
    held = [check for one in others for check in checks(one, SOLUTION)]
    return suspects([*held, *checks(label, solution)])


def kinds(label: LabelledPuzzle, solution: Solution = SOLUTION) -> list[tuple[str, int | None]]:
    return [(one.kind, one.tile) for one in found(label, solution)]


def test_a_good_label_is_not_suspected() -> None:
    assert kinds(PUZZLE) == []
    assert kinds(replace(PUZZLE, answer=3)) == []


def test_a_digit_that_reads_otherwise_is_suspected_and_its_correction_proposed() -> None:
    (one,) = found(replace(PUZZLE, digit=5, answer=3))
    assert (one.task, one.kind, one.correction) == ("7", "digit", {"digit": 3})
    assert "labelled 5" in one.message
    # As sure as of the whole puzzle, and no surer.
    assert one.confidence == pytest.approx(SOLUTION.confidence)


def test_an_unsure_solver_suspects_no_digit() -> None:
    label, far = replace(PUZZLE, digit=5, answer=3), replace(SEEN, planets=())
    for sure, expected in ((0.999999, [("digit", None)]), (0.6, [])):
        seen = replace(far, digit_probabilities=(0, 0, sure, 0, 1 - sure))
        assert kinds(label, replace(SOLUTION, seen=seen)) == expected


def test_labels_that_fit_together_speak_for_each_other() -> None:
    planets = [replace(planet, match_probability=0.5) for planet in (*TARGETS, *OTHERS)]
    seen = replace(seeing(*planets), digit_probabilities=(0, 0, 0.5, 0.5, 0))
    marked = tuple([True, False] for _ in TARGETS)
    alone, told = belief(seen), belief(seen, Given(marked=marked))
    # No + but those of the tiles 3 and 4 stands alone on its orbit, whichever the digit is.
    assert told.answer[[2, 3]].sum() > alone.answer[[2, 3]].sum()


def test_what_the_tiles_say_helps_to_read_a_digit() -> None:
    # Planets that surely match stand on orbits 1, 2, 2, 4 and 5: nothing answers to a three.
    planets = [replace(planet, match_probability=0.99) for planet in TARGETS]
    planets[2] = replace(planets[1], tile=3, x=planets[1].x + 200)
    others = [replace(planet, match_probability=0.001) for planet in OTHERS]
    seen = replace(seeing(*planets, *others), digit_probabilities=(0, 0, 0.6, 0.4, 0))
    assert belief(seen).digit.argmax() + 1 == 4


def test_a_plus_on_another_planet_is_suspected_with_a_box_about_the_right_one() -> None:
    (one,) = found(labelled(1, box_at(OTHERS[0])))
    assert (one.kind, one.tile) == ("target", 1)
    assert "tile 1 marks another planet" in one.message
    box = Box(**one.correction["targets"]["1"]).scaled(10, 4)
    assert box.centre == pytest.approx((TARGETS[0].x, TARGETS[0].y), abs=0.01)
    assert box.width == pytest.approx(20, abs=0.01)


def test_a_plus_on_nothing_is_suspected() -> None:
    (one,) = found(labelled(1, box_at(replace(TARGETS[0], x=20, y=20))))
    assert "no planet" in one.message


def test_a_plus_a_little_beside_its_planet_is_not() -> None:
    assert kinds(labelled(1, box_at(replace(TARGETS[0], x=TARGETS[0].x + 13)))) == []


def test_a_missing_plus_is_proposed() -> None:
    (one,) = found(without_target(2))
    assert (one.kind, one.tile, one.self_confidence) == ("target", 2, 0.0)
    assert "no +" in one.message


def test_a_missing_digit_is_proposed_with_its_place() -> None:
    (one,) = found(replace(PUZZLE, digit=None, answer=3))
    assert one.correction["digit"] == DIGIT
    box = Box(**one.correction["digit_box"]).scaled(10, 4)
    assert (box.x, box.y) == pytest.approx((40, 220))


def test_an_answer_that_names_another_tile_is_suspected() -> None:
    (one,) = found(replace(PUZZLE, answer=2))
    assert (one.kind, one.correction) == ("answer", {"answer": 3})


def test_a_label_without_one_answer_is_suspected_where_nothing_else_explains_it() -> None:
    beside = replace(TARGETS[2], x=TARGETS[2].x + 9, y=TARGETS[2].y + 7)
    label = labelled(3, box_at(beside), answer=None)
    assert kinds(label) == [("ambiguous", None)]
    # A wrong digit implies a wrong answer, which is not named beside it.
    assert kinds(replace(PUZZLE, digit=1)) == [("digit", None)]


def test_the_surest_doubt_comes_first() -> None:
    several = [
        replace(labelled(1, box_at(OTHERS[0])), id="plus"),
        replace(PUZZLE, id="digit", digit=5, answer=3),
    ]
    held = [check for one in several for check in checks(one, SOLUTION)]
    good = [replace(PUZZLE, id=str(n), answer=3) for n in range(9)]
    held += [check for one in good for check in checks(one, SOLUTION)]
    named = suspects(held)
    assert {one.task for one in named} == {"plus", "digit"}
    assert [one.score for one in named] == sorted((one.score for one in named), reverse=True)


def test_a_solver_that_found_no_planet_doubts_no_plus() -> None:
    blind = pointing(TARGETS[2], seen=seeing())
    assert kinds(replace(PUZZLE, answer=3), blind) == []


def check(given: str, proposed: str, sure: float, other: float, task: int) -> Check:
    return Check(
        str(task), "", "digit", None, given, proposed, sure, other, "", {"digit": int(proposed)}
    )


def test_a_class_that_is_hard_to_read_has_a_lower_threshold() -> None:
    sure = [check("1", "2", 0.99, 0.01, n) for n in range(20)]
    hard = [check("5", "1", 0.6, 0.4, 100 + n) for n in range(20)]
    doubted = check("1", "5", 0.3, 0.65, 200)
    as_much = check("5", "1", 0.3, 0.65, 201)
    assert [one.task for one in suspects([*sure, *hard, doubted, as_much])] == ["200"]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30))
def test_scores_are_from_0_to_1_fall_and_do_not_depend_on_the_order(
    pairs: Sequence[tuple[float, float]],
) -> None:
    held = [check("1", "2", sure, other, n) for n, (sure, other) in enumerate(pairs)]
    named = suspects(held)
    assert all(0.5 <= one.score <= 1 for one in named)
    assert [one.score for one in named] == sorted((one.score for one in named), reverse=True)
    assert [one.task for one in suspects(held[::-1])] == [one.task for one in named]


@given(st.lists(st.floats(0, 1), min_size=10, max_size=10), st.floats(0, 1))
def test_beliefs_are_probabilities(matches: Sequence[float], rank: float) -> None:
    halves = [match / 2 for match in matches]
    planets = [
        replace(planet, match_probability=match, rank_probability=rank)
        for planet, match in zip((*TARGETS, *OTHERS), halves, strict=True)
    ]
    believed = belief(seeing(*planets))
    assert believed.digit.sum() == pytest.approx(1)
    assert believed.answer.sum() == pytest.approx(1)
    assert all(-1e-9 <= icons.sum() <= 1 + 1e-9 for icons in believed.icons)
