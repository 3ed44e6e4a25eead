"""The answer of a label that names none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dataset import LabelledPuzzle, derive_answer, orbit_of, orbits_of
from solver.solution import Box

CENTRE = (100.0, 100.0)
RADII = (20.0, 35.0, 50.0, 65.0, 80.0)


def puzzle(orbits: tuple[float | None, ...], digit: int | None) -> LabelledPuzzle:
    """A puzzle whose `+` stand at these orbits (whole numbers) or between them."""
    boxes = [None if orbit is None else _box(tile, orbit) for tile, orbit in enumerate(orbits)]
    return LabelledPuzzle("7", "7.jpg", digit, None, tuple(boxes), None, "test")


def _box(tile: int, orbit: float) -> Box:
    distance, angle = 5 + 15 * orbit, 1.3 * tile
    x = 200 * tile + CENTRE[0] + distance * math.cos(angle)
    y = CENTRE[1] + distance * math.sin(angle)
    return Box(x - 10, y - 10, 20, 20).scaled(1 / 1000, 1 / 400)


def test_the_one_tile_on_the_orbit_of_the_digit_is_the_answer() -> None:
    assert derive_answer(puzzle((1, 2, 3, 4, 5), 3), CENTRE, RADII) == 3
    assert derive_answer(puzzle((5, 1.4, 2.6, 2.4, 1), 3), CENTRE, RADII) == 3


def test_no_tile_on_the_orbit_is_ambiguous() -> None:
    assert derive_answer(puzzle((1, 2, 2, 4, 5), 3), CENTRE, RADII) is None


def test_two_tiles_on_the_orbit_are_ambiguous() -> None:
    assert derive_answer(puzzle((3, 2, 3, 4, 5), 3), CENTRE, RADII) is None


def test_a_label_without_a_digit_is_ambiguous() -> None:
    assert derive_answer(puzzle((1, 2, 3, 4, 5), None), CENTRE, RADII) is None


def test_a_tile_without_its_plus_does_not_spoil_the_others() -> None:
    label = puzzle((1, None, 3, 4, 5), 3)
    assert derive_answer(label, CENTRE, RADII) == 3
    assert orbits_of(label, CENTRE, RADII) == (1, None, 3, 4, 5)


def test_a_plus_beyond_half_a_spacing_stands_on_no_orbit() -> None:
    assert orbit_of((100 + 87, 100), CENTRE, RADII) == 5
    assert orbit_of((100 + 88, 100), CENTRE, RADII) is None
    assert orbit_of((100 + 13, 100), CENTRE, RADII) == 1
    assert orbit_of((100 + 12, 100), CENTRE, RADII) is None


def test_a_picture_of_another_size_gives_the_same_answer() -> None:
    label = puzzle((1, 2, 3, 4, 5), 4)
    half = tuple(radius / 2 for radius in RADII)
    assert derive_answer(label, (50, 50), half, (500, 200)) == 4


@given(st.integers(1, 5), st.floats(0, 2 * math.pi), st.floats(0.7, 1), st.floats(0, math.pi))
def test_a_point_on_a_flattened_turned_orbit_has_its_rank(
    orbit: int, at: float, ratio: float, angle: float
) -> None:
    along, across = RADII[orbit - 1] * math.cos(at), ratio * RADII[orbit - 1] * math.sin(at)
    x = CENTRE[0] + along * math.cos(angle) - across * math.sin(angle)
    y = CENTRE[1] + along * math.sin(angle) + across * math.cos(angle)
    assert orbit_of((x, y), CENTRE, RADII, (ratio, angle)) == orbit


@pytest.mark.parametrize("shift", [-7.4, 7.4])
def test_the_nearest_orbit_counts_up_to_half_a_spacing(shift: float) -> None:
    assert orbit_of((100 + 50 + shift, 100), CENTRE, RADII) == 3
