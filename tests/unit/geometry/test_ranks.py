from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solver.geometry import Geometry, fit, rank_probabilities
from solver.geometry.evidence import ridges, votes
from solver.geometry.orbits import axes, visible_lengths

from .sky import Tile, draw

ROUND = Geometry((100.0, 100.0), (20.0, 36.0, 52.0, 68.0, 84.0), 1.0, 0.0, 1.5)


@given(points=arrays(np.float64, (7, 2), elements=st.floats(-1e4, 1e4)))
def test_the_probabilities_of_a_point_sum_to_one(points: np.ndarray) -> None:
    ranks = rank_probabilities(ROUND, points)
    assert ranks.shape == (7, 5)
    assert (ranks >= 0).all()
    assert ranks.sum(axis=1) == pytest.approx(np.ones(7))


def test_a_point_on_an_orbit_has_its_rank() -> None:
    points = np.array([(100 + radius, 100.0) for radius in ROUND.radii])
    assert (np.diag(rank_probabilities(ROUND, points)) > 0.95).all()


def test_a_point_between_two_orbits_belongs_to_both() -> None:
    (ranks,) = rank_probabilities(ROUND, [(100 + 44.0, 100.0)])
    assert ranks[1] == pytest.approx(ranks[2])
    assert ranks[1] + ranks[2] > 0.9


def test_no_points_have_no_ranks() -> None:
    assert rank_probabilities(ROUND, np.zeros((0, 2))).shape == (0, 5)


def test_rivals_share_the_probability_by_their_weights() -> None:
    rival = replace(ROUND, radii=(36.0, 52.0, 68.0, 84.0, 100.0), weight=0.3)
    both = replace(ROUND, weight=0.7, rivals=(rival,))
    (ranks,) = rank_probabilities(both, [(100 + 52.0, 100.0)])
    assert ranks[2] == pytest.approx(0.7, abs=0.03)
    assert ranks[1] == pytest.approx(0.3, abs=0.03)


def test_doubt_about_orbit_one_shows_in_the_ranks() -> None:
    rng = np.random.default_rng(5)
    sky = draw(rng, "middle", planets=5, orbits=(1, 2, 3))
    ranks = rank_probabilities(fit(sky.seen(rng, noise=1.0)), np.concatenate(sky.points))
    assert ranks.max(axis=1).mean() < 0.9


@given(ratio=st.floats(0.8, 0.98), angle=st.floats(0.01, 3.13), radius=st.floats(10, 200))
def test_a_quadratic_form_and_its_axes_are_one_ellipse(
    ratio: float, angle: float, radius: float
) -> None:
    flat = (1 - ratio**2) / (1 + ratio**2)
    found = axes(np.array([-flat * np.cos(2 * angle)]), np.array([-flat * np.sin(2 * angle)]))
    assert found[0][0] == pytest.approx(ratio)
    assert found[1][0] == pytest.approx(angle)
    shape = replace(ROUND, ratio=ratio, angle=angle)
    end = np.array([(100 + radius * np.cos(angle), 100 + radius * np.sin(angle))])
    assert shape.distances(end) == pytest.approx([radius])


def test_what_is_seen_at_one_place_in_several_tiles_counts_once() -> None:
    rng = np.random.default_rng(6)
    points = np.concatenate([np.full((5, 2), 60.0), np.full((2, 2), 20.0), [(100, 40), (150, 9)]])
    tiles = np.array([0, 1, 2, 3, 4, 0, 3, 1, 1])
    order = rng.permutation(len(points))
    counted = votes(points[order], tiles[order])[np.argsort(order)]
    assert counted == pytest.approx([0.2] * 5 + [0.5] * 2 + [1.0] * 2)


def test_ridge_points_lie_on_the_lines_of_the_map() -> None:
    sky = draw(np.random.default_rng(7), "middle")
    points, strength = ridges(sky.ring_map())
    gaps = np.abs(np.hypot(*(points - sky.centre).T)[:, None] - sky.radii).min(axis=1)
    assert len(points) > 60
    assert np.median(gaps) < 1.5
    assert ((strength > 0) & (strength <= 1)).all()


def test_detections_need_no_special_class() -> None:
    tiles = [Tile(np.array([[50.0, 60.0]]), np.array([0.7]))] * 5
    assert len(fit(tiles).radii) == 5


@given(x=st.floats(-60, 260), y=st.floats(-60, 260), radius=st.floats(4, 300))
def test_the_length_of_an_orbit_is_what_lies_in_the_tile(x: float, y: float, radius: float) -> None:
    turn = np.linspace(0, 2 * np.pi, 7200, endpoint=False)
    line = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])
    inside = ((line >= 0) & (line <= 200)).all(axis=0).mean()
    ((length,),) = visible_lengths(np.array([[x, y]]), np.array([[radius]]))
    # A circle that touches a side has an arc that no sample may fall on.
    assert length == pytest.approx(inside * 2 * np.pi * radius, abs=0.01 * radius)
