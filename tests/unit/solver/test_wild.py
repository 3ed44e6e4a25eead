import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.generate.icons import render, usable
from solver.train.parts import icon_pool
from solver.train.wild.canvas import BRIGHTNESS, apart, outline, paste
from solver.train.wild.grounds import ground
from solver.train.wild.inks import ink
from solver.train.wild.orbits import OUTSIDE, random_orbits
from solver.train.wild.tile import CUT, MOST, wild_tile

SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def pool():
    return [icon for icon in icon_pool()[::100] if usable(icon)]


def _off_orbit(tile):
    """Distances in pixels of the planets from the nearest orbit, along the long axis at most."""
    away = tile.points - tile.centre
    cos, sin = np.cos(tile.angle), np.sin(tile.angle)
    along, across = away @ (cos, sin), away @ (-sin, cos)
    reach = np.hypot(along, across / tile.ratio)
    return np.abs(reach[:, None] - tile.radii[None]).min(axis=1)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_planets_lie_near_their_orbits_and_mostly_in_the_tile(pool, seed):
    tile = wild_tile(pool, np.random.default_rng(seed))
    assert tile.picture.shape == (200, 200, 3)
    assert tile.picture.dtype == np.uint8
    assert len(tile.points) == len(tile.sizes) <= MOST
    assert np.all(_off_orbit(tile) < 2.01)
    margin = (0.5 - CUT) * tile.sizes[:, None]
    assert np.all((tile.points > margin - 1e-3) & (tile.points < 200 - margin + 1e-3))


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_orbits_grow_outwards_from_a_centre_in_or_near_the_tile(seed):
    orbits = random_orbits(np.random.default_rng(seed))
    assert np.all(np.diff(orbits.radii) > 8)
    assert np.all((orbits.centre >= -OUTSIDE) & (orbits.centre <= 200 + OUTSIDE))
    assert 0.8 <= orbits.ratio <= 1


def test_the_same_seed_draws_the_same_tile_and_another_seed_another(pool):
    one, two, other = (wild_tile(pool, np.random.default_rng(seed)) for seed in (7, 7, 8))
    assert np.array_equal(one.picture, two.picture)
    assert np.array_equal(one.points, two.points)
    assert not np.array_equal(one.picture, other.picture)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_an_icon_can_be_told_from_any_ground(pool, seed):
    rng = np.random.default_rng(seed)
    canvas = ground(rng)
    mask = render(pool[seed % len(pool)], 30.0).astype(np.float32) / 255
    point = np.array([100.0, 100.0])
    ink(canvas, point, mask, 30.0, rng, rng)
    half = mask.shape[0] // 2
    part = canvas[100 - half : 100 + half, 100 - half : 100 + half].reshape(-1, 3)
    assert (part - part.mean(axis=0)).std(axis=0).max() > 8


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.floats(10, 80))
def test_a_colour_apart_from_another_differs_in_brightness_or_is_black_or_white(seed, need):
    rng = np.random.default_rng(seed)
    under = rng.uniform(0, 255, 3)
    found = apart(under, need, rng)
    assert np.abs(found - under) @ BRIGHTNESS > 0.65 * need or set(found) in ({0.0}, {255.0})


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_random_outline_goes_around_its_middle_at_about_one(seed):
    reach = np.hypot(*outline(np.random.default_rng(seed)).T)
    assert 0.8 < reach.max() < 2


@pytest.mark.parametrize("point", [(-30.0, 100.0), (100.0, 230.0), (260.0, 260.0)])
def test_a_patch_beside_the_tile_changes_nothing(point):
    canvas = np.zeros((200, 200, 3), np.uint8)
    paste(canvas, np.array(point), np.full(3, 255.0), np.ones((21, 21), np.float32))
    assert not canvas.any()


def test_a_patch_over_the_corner_is_cut_there():
    canvas = np.zeros((200, 200, 3), np.uint8)
    paste(canvas, np.array([0.0, 199.0]), np.full(3, 255.0), np.ones((21, 21), np.float32))
    assert (canvas[189:, :11] == 255).all()
    assert canvas.sum() == 11 * 11 * 3 * 255
