"""What holding back unsure answers gains."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from solver.evaluation.risk import (
    POINTS,
    answers_needed,
    area,
    coverage_risk,
    threshold,
    upper_bound,
)

answers = st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.8, 0.9, 0.99]), st.booleans()))


def test_the_curve_begins_with_the_surest_answers() -> None:
    curve = coverage_risk([0.5, 0.9, 0.7, 0.9], [False, True, True, True], puzzles=5)
    assert [(one.confidence, one.coverage, one.risk) for one in curve] == [
        (0.9, 0.4, 0.0),
        (0.7, 0.6, 0.0),
        (0.5, 0.8, 0.25),
    ]


def test_a_curve_has_no_more_than_its_points_and_ends_with_all_answers() -> None:
    sure = np.linspace(0, 1, 10_000)
    curve = coverage_risk(sure, sure > 0.1, puzzles=10_000)
    assert len(curve) == POINTS
    assert (curve[-1].confidence, curve[-1].coverage) == (0.0, 1.0)


def test_nothing_answered_has_no_curve() -> None:
    assert coverage_risk([], [], puzzles=3) == ()
    assert area([], []) is None
    assert threshold([], [], puzzles=3, target_risk=0.5) is None


def test_the_area_is_the_mean_of_the_risks() -> None:
    assert area([0.9, 0.8, 0.7], [True, False, True]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_an_order_that_puts_mistakes_last_has_the_smaller_area() -> None:
    right = [True, True, True, False]
    assert area([0.9, 0.8, 0.7, 0.6], right) < area([0.6, 0.7, 0.8, 0.9], right)


@given(answers, st.randoms(use_true_random=False))
def test_answers_of_equal_confidence_come_in_no_order(
    told: list[tuple[float, bool]], random: Random
) -> None:
    mixed = random.sample(told, len(told))
    assert area(*columns(mixed)) == pytest.approx(area(*columns(told)))


def columns(told: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [sure for sure, _ in told], [right for _, right in told]


def test_the_upper_bound_is_the_share_that_would_hardly_show_so_few_mistakes() -> None:
    bound = upper_bound(3, 200, 0.95)
    assert binom.cdf(3, 200, bound) == pytest.approx(0.05)
    assert upper_bound(5, 5, 0.95) == 1.0


def test_the_lowest_threshold_that_keeps_the_risk_is_given() -> None:
    sure = np.linspace(1, 0, 2000)
    right = np.arange(2000) < 1500
    kept = threshold(sure, right, puzzles=4000, target_risk=0.01)
    assert kept.coverage == pytest.approx(1500 / 4000)
    assert kept.confidence == sure[1499]
    assert (kept.risk, kept.target_risk) == (0.0, 0.01)
    assert kept.risk_bound <= 0.01


def test_too_few_answers_show_no_small_risk() -> None:
    needed = answers_needed(0.01)
    for count, shown in ((needed, True), (needed - 1, False)):
        sure = np.linspace(0.5, 1, count)
        assert (threshold(sure, [True] * count, count, 0.01) is not None) is shown


def test_of_many_sets_no_more_than_promised_get_a_threshold_that_breaks_its_word() -> None:
    rng = np.random.default_rng(5)
    broken = 0
    for _ in range(300):
        sure = rng.random(400)
        risk = np.where(sure > 0.4, 0.06, 0.4)
        kept = threshold(sure, rng.random(400) > risk, 400, target_risk=0.05)
        broken += kept is not None
    assert broken <= 0.05 * 300


@given(answers, st.floats(0.01, 0.99))
def test_a_threshold_keeps_what_it_says(told: list[tuple[float, bool]], target: float) -> None:
    kept = threshold(*columns(told), len(told), target)
    if kept is not None:
        above = [right for sure, right in told if sure >= kept.confidence]
        assert kept.coverage == pytest.approx(len(above) / len(told))
        assert kept.risk == pytest.approx(1 - sum(above) / len(above))
        assert kept.risk <= kept.risk_bound <= target
