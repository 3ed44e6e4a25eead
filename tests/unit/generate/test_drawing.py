"""What is true of every generated puzzle."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.generate import Drawn, GenerateError, TruePlanet, draw
from solver.generate.icons import REACH
from solver.generate.orbits import Orbits

puzzles = st.tuples(
    st.integers(0, 1 << 62),
    st.integers(0, 1 << 20),
    st.sampled_from(("easy", "medium", "hard")),
    st.sampled_from(("train", "held-out", "all")),
)


@lru_cache(maxsize=64)
def drawn(arguments: tuple[int, int, str, str]) -> Drawn:
    return draw(*arguments)  # type: ignore[arg-type]


def in_tile(planet: TruePlanet) -> tuple[float, float]:
    return planet.x - 200 * (planet.tile - 1), planet.y


@settings(max_examples=40)
@given(puzzles)
def test_the_asked_icon_stands_once_in_every_tile_and_on_the_asked_orbit_in_one(arguments):
    truth = drawn(arguments).truth
    targets = [planet for planet in truth.planets if planet.is_target]
    assert sorted(planet.tile for planet in targets) == [1, 2, 3, 4, 5]
    assert [p for p in truth.planets if p.icon == truth.icon] == targets
    assert [p.tile for p in targets if p.rank == truth.digit] == [truth.answer]


@settings(max_examples=40)
@given(puzzles)
def test_every_planet_stands_on_its_orbit(arguments):
    truth = drawn(arguments).truth
    orbits = Orbits("", truth.centre, truth.radii, truth.ratio, truth.angle)
    points = np.array([in_tile(planet) for planet in truth.planets])
    radii = [truth.radii[planet.rank - 1] for planet in truth.planets]
    np.testing.assert_allclose(orbits.distances(points), radii, atol=0.02)
    assert list(truth.radii) == sorted(truth.radii)
    assert ((points > 0) & (points < 200)).all()


@settings(max_examples=40)
@given(puzzles)
def test_boxes_hold_what_they_name_and_stay_in_the_picture(arguments):
    truth = drawn(arguments).truth
    for planet in truth.planets:
        if not planet.is_target:
            continue
        box, reach = truth.target_boxes[planet.tile - 1], REACH * planet.size
        assert box.contains(planet.x, planet.y)
        assert box.x <= planet.x - reach + 0.01
        assert box.y <= planet.y - reach + 0.01
        assert box.x + box.width >= planet.x + reach - 0.01
        assert box.y + box.height >= planet.y + reach - 0.01
        assert box.x >= 200 * (planet.tile - 1)
        assert box.x + box.width <= 200 * planet.tile + 0.01
    for box in (truth.digit_box, truth.icon_box):
        assert 0 <= box.x <= box.x + box.width <= 200
        assert 200 <= box.y <= box.y + box.height <= 400


@settings(max_examples=25)
@given(puzzles)
def test_the_file_is_the_picture_and_has_the_proportions_of_a_puzzle(arguments):
    puzzle = drawn(arguments)
    height, width, channels = puzzle.picture.shape
    assert channels == 3
    assert (width % 5, 2 * width) == (0, 5 * height)
    assert (puzzle.truth.width, puzzle.truth.height) == (width, height)
    seen = cv2.imdecode(np.frombuffer(puzzle.data, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    assert np.array_equal(seen[..., ::-1], puzzle.picture)


@settings(max_examples=15)
@given(st.integers(0, 1 << 62))
def test_an_easy_puzzle_is_roomy_and_its_planets_whole(seed):
    truth = draw(seed, 0, "easy", "all").truth
    assert not any(planet.cut for planet in truth.planets)
    for one in truth.planets:
        for other in truth.planets:
            if one is not other and one.tile == other.tile:
                apart = np.hypot(one.x - other.x, one.y - other.y)
                assert apart >= REACH * (one.size + other.size)


def test_the_same_arguments_give_the_same_bytes_whatever_was_drawn_before():
    first = draw(5, 3, "hard", "train")
    draw(6, 1, "easy", "held-out")
    again = draw(5, 3, "hard", "train")
    assert first.data == again.data
    assert first.truth == again.truth
    assert first.data != draw(5, 4, "hard", "train").data
    assert first.data != draw(6, 3, "hard", "train").data


def test_a_mix_holds_every_difficulty_place_and_polarity():
    truths = [draw(1, index, "mix", "all").truth for index in range(40)]
    assert {truth.difficulty for truth in truths} == {"easy", "medium", "hard"}
    assert {"middle", "corner"} <= {truth.styles["place"] for truth in truths}
    assert len({truth.styles["hint"] for truth in truths}) == 2
    assert (
        {truth.digit for truth in truths} == {truth.answer for truth in truths} == set(range(1, 6))
    )
    assert len({truth.id for truth in truths}) == 40


@pytest.mark.parametrize(
    ("difficulty", "assets", "named"),
    [("tricky", "train", "difficulty must be one of easy"), ("easy", "mine", "assets must be one")],
)
def test_an_unknown_option_is_refused_by_name(difficulty, assets, named):
    with pytest.raises(GenerateError, match=named):
        draw(1, 1, difficulty, assets)
