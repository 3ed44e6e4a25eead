import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.geometry import Geometry, fit, rank_probabilities

from .sky import PLACES, Sky, Tile, draw

NOTHING = [Tile(np.zeros((0, 2)), np.zeros(0))] * 5


def ranked_right(geometry: Geometry, sky: Sky) -> float:
    ranks = rank_probabilities(geometry, np.concatenate(sky.points)).argmax(axis=1)
    return float((ranks == np.concatenate(sky.ranks)).mean())


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1))
def test_clean_planets_and_lines_give_every_rank(place: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sky = draw(rng, place)
    assert ranked_right(fit(sky.seen(rng), sky.ring_map()), sky) == 1.0


@pytest.mark.parametrize("place", ["middle", "ellipse"])
def test_clean_planets_give_back_centre_radii_and_ellipse(place: str) -> None:
    rng = np.random.default_rng(3)
    sky = draw(rng, place, planets=12)
    found = fit(sky.seen(rng))
    assert found.centre == pytest.approx(sky.centre, abs=0.7)
    assert found.radii == pytest.approx(sky.radii, abs=1.2)
    assert found.ratio == pytest.approx(sky.ratio, abs=0.02)
    if place == "ellipse":
        assert abs(math.sin(found.angle - sky.angle)) < 0.12


@pytest.mark.parametrize("place", PLACES)
def test_a_fifth_of_false_detections_does_no_harm(place: str) -> None:
    rng = np.random.default_rng(11)
    right = []
    for _ in range(12):
        sky = draw(rng, place)
        seen = sky.seen(rng, noise=1.5, missed=0.03, false=0.2)
        right.append(ranked_right(fit(seen, sky.ring_map()), sky))
    assert np.mean(right) > 0.99


@pytest.mark.parametrize("place", PLACES)
def test_planets_alone_are_enough_when_neither_lines_nor_sun_are_seen(place: str) -> None:
    rng = np.random.default_rng(12)
    right = []
    for _ in range(12):
        sky = draw(rng, place, planets=9)
        right.append(ranked_right(fit(sky.seen(rng, noise=1.5, missed=0.03, false=0.05)), sky))
    assert np.mean(right) > 0.97


@pytest.mark.parametrize("bare", [0, 4])
def test_lines_tell_of_an_orbit_that_no_planet_stands_on(bare: int) -> None:
    rng = np.random.default_rng(13)
    orbits = tuple(orbit for orbit in range(5) if orbit != bare)
    for place in PLACES:
        sky = draw(rng, place, orbits=orbits)
        seen = sky.seen(rng, noise=1.5)
        assert ranked_right(fit(seen, sky.ring_map()), sky) == 1.0, place


@pytest.mark.parametrize("place", PLACES)
def test_edges_of_broad_lanes_do_not_outweigh_the_planets_between_them(place: str) -> None:
    rng = np.random.default_rng(15)
    right = []
    for _ in range(12):
        sky = draw(rng, place, planets=9)
        seen = sky.seen(rng, noise=1.0, false=0.05)
        right.append(ranked_right(fit(seen, sky.edge_map(rng.uniform(0.3, 0.42))), sky))
    assert np.mean(right) > 0.97


def test_lines_alone_are_enough() -> None:
    rng = np.random.default_rng(14)
    for place in PLACES:
        sky = draw(rng, place)
        assert ranked_right(fit(NOTHING, sky.ring_map()), sky) == 1.0, place


def test_a_sun_seen_in_the_wrong_place_does_not_outweigh_the_planets() -> None:
    rng = np.random.default_rng(15)
    sky = draw(rng, "middle", planets=9)
    wrong = draw(rng, "corner").sun_map()
    assert ranked_right(fit(sky.seen(rng, noise=1.5), None, wrong), sky) == 1.0


def test_the_sun_taken_for_a_planet_in_every_tile_is_no_orbit() -> None:
    rng = np.random.default_rng(16)
    sky = draw(rng, "middle", planets=7)
    seen = [
        Tile(np.concatenate([tile.points, [sky.centre]]), np.append(tile.scores, 0.9))
        for tile in sky.seen(rng, noise=1.0)
    ]
    assert ranked_right(fit(seen), sky) == 1.0


def test_the_teeth_of_a_sun_taken_for_planets_are_no_orbit() -> None:
    rng = np.random.default_rng(21)
    for _ in range(12):
        sky = draw(rng, "corner", planets=5)
        turn = np.linspace(0, 2 * np.pi, 13)[:-1]
        teeth = sky.centre + 0.5 * sky.radii[0] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        teeth = teeth[((teeth > 0) & (teeth < 200)).all(axis=1)]
        seen = [
            Tile(
                np.concatenate([tile.points, teeth + rng.normal(0, 0.3, teeth.shape)]),
                np.append(tile.scores, np.full(len(teeth), 0.2)),
            )
            if number < 3
            else tile
            for number, tile in enumerate(sky.seen(rng, noise=0.5))
        ]
        assert ranked_right(fit(seen, sky.ring_map(), sky.sun_map()), sky) == 1.0


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), dx=st.floats(-8, 8), dy=st.floats(-8, 8))
def test_the_fit_moves_with_the_puzzle(seed: int, dx: float, dy: float) -> None:
    rng = np.random.default_rng(seed)
    sky = draw(rng, "middle", planets=12)
    still = sky.seen(rng, noise=0.5)
    moved = [Tile(tile.points + np.array([dx, dy]), tile.scores) for tile in still]
    first, second = fit(still), fit(moved)
    assert np.subtract(second.centre, first.centre) == pytest.approx((dx, dy), abs=1.5)
    assert second.radii == pytest.approx(first.radii, abs=2.0)


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1))
def test_neither_the_order_of_tiles_nor_of_planets_matters(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sky = draw(rng, "middle", planets=9)
    seen = sky.seen(rng, noise=1.0)
    mixed = []
    for index in rng.permutation(5):
        order = rng.permutation(len(seen[index].points))
        mixed.append(Tile(seen[index].points[order], seen[index].scores[order]))
    places = np.concatenate(sky.points)
    first = rank_probabilities(fit(seen), places)
    assert rank_probabilities(fit(mixed), places) == pytest.approx(first, abs=1e-3)


def test_the_same_evidence_gives_the_same_fit_bit_for_bit() -> None:
    rng = np.random.default_rng(17)
    sky = draw(rng, "ellipse")
    seen = sky.seen(rng, noise=1.5, false=0.1)
    assert fit(seen, sky.ring_map(), sky.sun_map()) == fit(seen, sky.ring_map(), sky.sun_map())


@pytest.mark.parametrize("blank", [None, np.zeros((50, 50)), np.full((50, 50), 0.4)])
def test_blank_maps_are_the_same_as_none(blank: np.ndarray | None) -> None:
    rng = np.random.default_rng(18)
    seen = draw(rng, "middle").seen(rng, noise=1.0)
    assert fit(seen, blank, None) == fit(seen, None, None)
    if blank is not None and not blank.any():
        assert fit(seen, None, blank) == fit(seen, None, None)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.lists(st.integers(0, 3), min_size=5, max_size=5),
    noise=st.booleans(),
)
def test_any_evidence_gives_finite_growing_orbits(
    seed: int, counts: list[int], noise: bool
) -> None:
    rng = np.random.default_rng(seed)
    seen = [Tile(rng.uniform(0, 200, (n, 2)), rng.random(n)) for n in counts]
    found = fit(seen, rng.random((50, 50)) if noise else None, None)
    assert np.isfinite([*found.centre, *found.radii, found.ratio, found.angle, found.spread]).all()
    assert (np.diff(found.radii) >= 0).all()
    assert 0.7 < found.ratio <= 1.0
    assert 0 <= found.angle < math.pi
    weights = [found.weight, *(rival.weight for rival in found.rivals)]
    assert sum(weights) == pytest.approx(1.0)
    assert found.weight == max(weights)


def test_points_at_one_place_and_maps_that_are_not_numbers_are_survived() -> None:
    same = [Tile(np.full((4, 2), 100.0), np.ones(4))] * 5
    found = fit(same, np.full((50, 50), np.nan), np.full((50, 50), np.nan))
    assert np.isfinite(found.radii).all()
