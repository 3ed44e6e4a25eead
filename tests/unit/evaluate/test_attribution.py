"""Wrong answers run again with the truth of one stage at a time."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dataset import LabelledPuzzle
from solver.evaluation import Outcome, score
from solver.evaluation.attribution import STAGES
from solver.geometry import Geometry
from solver.solution import Planet, Solution
from tests.unit.evaluate.puzzles import (
    ANSWER,
    CENTRE,
    OTHERS,
    PUZZLE,
    RADII,
    SEEN,
    SOLUTION,
    TARGETS,
    box_at,
    place,
    pointing,
    seeing,
    sky,
)
from tests.unit.evaluate.sky import Sky

#: The label names its tile, so that it stays what it is however the orbits are fitted.
LABEL = replace(PUZZLE, answer=ANSWER)
MISREAD = (0.0, 0.0, 0.05, 0.95, 0.0)


def seen_by(nets: Sky, label: LabelledPuzzle = LABEL) -> Outcome:
    """The score of what the decision makes of all that the nets see."""
    return score(label, answered(nets), nets.examine)


def answered(nets: Sky, confidence: float = 0.6) -> Solution:
    stages = nets.examine()
    tile, at = stages.decision.tile, stages.decision.planet
    x, y = stages.found.planets[tile - 1].points[at]
    seen = seeing(*nets.planets, digit_probabilities=tuple(nets.digits))
    point = (float(x) + 200 * (tile - 1), float(y))
    return Solution(tile, point, stages.decision.digit, confidence, seen)


def nets(*planets: Planet, **changes: object) -> Sky:
    return sky(SOLUTION, planets=planets or SEEN.planets, **changes)


def marking(target: Planet) -> LabelledPuzzle:
    """The label with the `+` of one tile on another place."""
    targets = list(LABEL.targets)
    targets[target.tile - 1] = box_at(target)
    return replace(LABEL, targets=tuple(targets))


def without(*gone: Planet) -> tuple[Planet, ...]:
    return tuple(one for one in SEEN.planets if one not in gone)


def test_what_is_right_is_not_run_again() -> None:
    assert seen_by(nets()).correct
    assert seen_by(nets()).regained == ()


def test_a_misread_digit_gives_the_answer_back() -> None:
    outcome = seen_by(nets(digits=MISREAD))
    assert (outcome.correct, outcome.lost_to) == (False, "digit")
    assert outcome.regained == ("digit", "decision")


def test_a_reading_of_the_orbits_that_was_put_second_gives_the_answer_back() -> None:
    second = Geometry(CENTRE, RADII, 1.0, 0.0, 2.0, 0.1)
    outcome = seen_by(nets(radii=(5.0, *RADII[:4]), rivals=(second,)))
    assert (outcome.correct, outcome.lost_to) == (False, "centre")


def test_a_centre_that_is_a_little_off_gives_the_answer_back() -> None:
    outcome = seen_by(nets(centre=(CENTRE[0] - 14, CENTRE[1] - 6)))
    assert (outcome.correct, outcome.lost_to) == (False, "centre")


def test_a_target_far_off_its_orbit_is_lost_to_the_orbit() -> None:
    x, y = place(ANSWER, 1, 0.5)
    off = replace(TARGETS[2], x=x, y=y)
    outcome = seen_by(nets(*without(TARGETS[2]), off), marking(off))
    assert (outcome.correct, outcome.lost_to) == (False, "orbit")


def test_a_planet_that_was_not_found_gives_the_answer_back() -> None:
    outcome = seen_by(nets(*without(TARGETS[2])))
    assert (outcome.correct, outcome.lost_to) == (False, "detection")
    assert outcome.regained == ("detection",)


def test_a_planet_found_beside_its_place_is_moved_there() -> None:
    beside = replace(TARGETS[2], x=TARGETS[2].x + 9, y=TARGETS[2].y + 9, similarity=0.05)
    outcome = seen_by(nets(*without(TARGETS[2]), beside))
    assert (outcome.correct, outcome.lost_to) == (False, "detection")
    assert "match" in outcome.regained


def test_a_look_alike_in_the_answer_tile_is_lost_to_the_match() -> None:
    double, dull = replace(OTHERS[2], similarity=0.99), replace(TARGETS[2], similarity=0.7)
    outcome = seen_by(nets(*without(OTHERS[2], TARGETS[2]), double, dull))
    assert (outcome.lost_to, outcome.regained) == ("match", ("match", "decision"))


def test_two_stages_that_are_wrong_together_are_charged_to_the_decision() -> None:
    double = replace(OTHERS[2], similarity=0.99)
    planets = (*without(OTHERS[2], TARGETS[2]), double, replace(TARGETS[2], similarity=0.1))
    outcome = seen_by(nets(*planets, digits=(0.0, 0.0, 0.0, 1.0, 0.0)))
    assert outcome.correct is False
    assert (outcome.lost_to, outcome.regained) == ("decision", ("decision",))


def test_a_wrong_answer_that_nothing_gives_back_is_charged_to_the_decision() -> None:
    blind = nets(*(one for one in SEEN.planets if one.tile != ANSWER))
    label = replace(LABEL, digit=None)
    outcome = seen_by(replace(blind, digits=(0.0, 0.0, 0.0, 1.0, 0.0)), label)
    assert (outcome.lost_to, outcome.regained) == ("decision", ())


def test_stages_are_asked_in_the_order_of_the_picture_s_way() -> None:
    assert STAGES == (
        "layout",
        "digit",
        "centre",
        "orbit",
        "detection",
        "match",
        "decision",
        "label",
    )


similarities = st.lists(st.floats(-1, 1), min_size=10, max_size=10)
posteriors = st.lists(st.floats(0.01, 1), min_size=5, max_size=5)


@given(similarities, posteriors, st.sets(st.integers(0, 9), max_size=6))
def test_a_wrong_answer_is_always_charged_to_the_first_that_gives_it_back(
    alike: list[float], digits: list[float], missing: set[int]
) -> None:
    planets = [replace(p, similarity=s) for p, s in zip(SEEN.planets, alike, strict=True)]
    kept = [p for at, p in enumerate(planets) if at not in missing]
    total = math.fsum(digits)
    outcome = seen_by(nets(*kept, digits=tuple(value / total for value in digits)))
    if outcome.correct:
        assert (outcome.lost_to, outcome.regained) == (None, ())
    else:
        assert outcome.lost_to == (outcome.regained or ("decision",))[0]
        assert list(outcome.regained) == [name for name in STAGES if name in outcome.regained]


@pytest.mark.parametrize("answered_with", [pointing(OTHERS[0]), pointing(TARGETS[3], digit=4)])
def test_an_unsure_answer_is_never_charged_to_the_label(answered_with: Solution) -> None:
    unsure = replace(answered_with, confidence=0.5)
    assert score(LABEL, unsure, sky(SOLUTION).examine).lost_to != "label"
