"""A set for each known problem: it stresses that problem, and its truth is as exact as any."""

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.generate import Drawn, GenerateError, icons
from solver.generate.orbits import Orbits
from solver.generate.problems import PROBLEMS, draw_problem

problems = st.tuples(
    st.sampled_from(list(PROBLEMS)), st.integers(0, 1 << 62), st.integers(0, 1 << 20)
)


@lru_cache(maxsize=64)
def some(name: str, count: int) -> list[Drawn]:
    return [draw_problem(name, 5, index) for index in range(count)]


@settings(max_examples=25)
@given(problems)
def test_a_problems_puzzle_has_one_answer_and_exact_truth(arguments):
    truth = draw_problem(*arguments, "all").truth
    targets = [planet for planet in truth.planets if planet.icon == truth.icon]
    assert sorted(planet.tile for planet in targets) == [1, 2, 3, 4, 5]
    assert [p.tile for p in targets if p.rank == truth.digit] == [truth.answer]
    orbits = Orbits("", truth.centre, truth.radii, truth.ratio, truth.angle)
    points = np.array([(p.x - 200 * (p.tile - 1), p.y) for p in truth.planets])
    radii = [truth.radii[planet.rank - 1] for planet in truth.planets]
    np.testing.assert_allclose(orbits.distances(points), radii, atol=0.02)
    assert truth.difficulty == arguments[0]


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("styles", ["train", "held-out"])
def test_the_same_arguments_give_the_same_bytes(name, styles):
    first = draw_problem(name, 3, 8, "held-out", styles)
    draw_problem("noisy", 4, 1)
    again = draw_problem(name, 3, 8, "held-out", styles)
    assert (first.data, first.truth) == (again.data, again.truth)
    assert first.truth.styles["split"] == styles


def test_digits_come_in_every_look_on_black_and_on_white():
    seen = [puzzle.truth for puzzle in some("digits", 56)]
    looks = {(truth.digit, truth.styles["numeral"], truth.styles["hint"]) for truth in seen}
    assert len(looks) == 5 * 4 * 2
    digits = [truth.digit for truth in seen]
    assert digits.count(1) == digits.count(4) == 2 * digits.count(2) > 0


def test_crowded_planets_touch_and_some_are_cut_by_the_edge():
    touching = cut = 0
    for puzzle in some("crowded", 12):
        planets = puzzle.truth.planets
        cut += any(planet.cut for planet in planets)
        touching += any(
            np.hypot(one.x - other.x, one.y - other.y) < one.reach + other.reach
            for one in planets
            for other in planets
            if one is not other and one.tile == other.tile
        )
    assert touching == 12
    assert cut > 6


def test_every_tile_shows_look_alikes_that_differ_in_a_detail():
    for puzzle in some("look-alikes", 6):
        by_id = {icon.id: icon for icon in icons.listed(puzzle.truth.icon.split("/")[0])}
        asked = by_id[puzzle.truth.icon]
        for tile in range(1, 6):
            others = {p.icon for p in puzzle.truth.planets if p.tile == tile and not p.is_target}
            likeness = [icons.likeness(asked, by_id[name]) for name in others if name in by_id]
            assert max(likeness) >= PROBLEMS["look-alikes"].level.alike
            assert max(likeness) < PROBLEMS["look-alikes"].level.likeness


def test_centres_lie_in_and_outside_the_tile_with_and_without_sun_and_orbits():
    seen = [puzzle.truth for puzzle in some("centres", 40)]
    centres = np.array([truth.centre for truth in seen])
    assert ((centres > -30.01) & (centres < 230.01)).all()
    outside = ((centres < 0) | (centres > 200)).any(1)
    assert 0 < outside.sum() < len(seen)
    assert {truth.ratio < 1 for truth in seen} == {True, False}
    for axis in ("sun", "orbits"):
        assert {truth.styles[axis] == "none" for truth in seen} == {True, False}


def test_noisy_pictures_are_noisy():
    assert all("noise" in puzzle.truth.styles for puzzle in some("noisy", 6))


def test_an_unknown_problem_is_refused_by_name():
    with pytest.raises(GenerateError, match="a problem is one of digits, crowded"):
        draw_problem("weather", 1, 1)
