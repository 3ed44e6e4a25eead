"""Intervals, rankings and calibration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.evaluation.statistics import (
    calibration,
    calibration_error,
    roc_auc,
    roc_curve,
    wilson,
)

#: Few distinct values, so that ties are common.
similarities = st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 0.75, 1.0]), max_size=20)


@given(similarities, similarities)
def test_the_auc_is_the_share_of_pairs_in_order(high: list[float], low: list[float]) -> None:
    pairs = [1.0 if p > n else 0.5 if p == n else 0.0 for p in high for n in low]
    expected = pytest.approx(sum(pairs) / len(pairs)) if pairs else None
    assert roc_auc(high, low) == expected


@given(similarities, similarities)
def test_a_roc_curve_finds_the_most_that_its_false_alarms_allow(
    high: list[float], low: list[float]
) -> None:
    curve = roc_curve(high, low)
    if not high or not low:
        assert curve == ()
        return
    for point in curve:
        allowed = point.false * len(low) + 1e-9
        cuts = [cut for cut in [-2.0, *low, *high] if sum(n > cut for n in low) <= allowed]
        assert point.true == max(sum(p > cut for p in high) for cut in cuts) / len(high)
    assert curve[-1].true == 1


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share_and_stays_within_bounds(correct: int, more: int) -> None:
    total = correct + more - 1
    interval = wilson(correct, total)
    if total == 0:
        assert interval is None
        return
    assert interval is not None
    assert 0 <= interval[0] <= correct / total <= interval[1] <= 1


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_interval_of_the_opposite_is_its_mirror(correct: int, wrong: int) -> None:
    if correct + wrong == 0:
        return
    low, high = wilson(correct, correct + wrong) or (0, 0)
    mirror_low, mirror_high = wilson(wrong, correct + wrong) or (0, 0)
    assert (1 - high, 1 - low) == pytest.approx((mirror_low, mirror_high))


@given(st.integers(1, 99), st.integers(2, 50))
def test_more_puzzles_make_the_interval_narrower(percent: int, factor: int) -> None:
    few, many = wilson(percent, 100), wilson(percent * factor, 100 * factor)
    assert few is not None
    assert many is not None
    assert many[1] - many[0] < few[1] - few[0]


def test_the_interval_of_a_known_share() -> None:
    # Newcombe (1998), table I: 81 of 263.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_a_confidence_that_keeps_its_word_has_no_error() -> None:
    bins = calibration([0.75] * 4 + [0.25] * 4, [1, 1, 1, 0, 0, 0, 0, 1])
    assert calibration_error(bins) == pytest.approx(0)


def test_a_confidence_that_never_holds_has_its_own_size_as_error() -> None:
    assert calibration_error(calibration([1.0, 1.0], [0, 0])) == pytest.approx(1)


def test_no_answers_have_no_calibration() -> None:
    bins = calibration([], [])
    assert calibration_error(bins) is None
    assert len(bins) == 15


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_every_answer_is_in_the_bin_of_its_confidence(answers: list[tuple[float, bool]]) -> None:
    bins = calibration([sure for sure, _ in answers], [right for _, right in answers])
    assert sum(one.count for one in bins) == len(answers)
    for one in bins:
        if one.confidence is not None:
            assert one.low - 1e-9 <= one.confidence <= one.high + 1e-9
    error = calibration_error(bins)
    assert error is not None
    assert 0 <= error <= 1
