import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.calibration import Calibration, Example, fit
from solver.decision import decide
from solver.errors import ModelError

numbers = st.floats(-50, 50)


def example(rng: np.random.Generator) -> Example:
    """A puzzle whose digit, ranks and matches are each wrong now and then."""
    digit, tile = (int(n) for n in rng.integers(1, 6, 2))
    digits = np.full(5, 0.02)
    digits[digit - 1 if rng.random() < 0.96 else rng.integers(5)] += 0.9
    ranks, similarities, scores, matches = [], [], [], []
    for number in range(1, 6):
        count = int(rng.integers(3, 9))
        orbit = rng.integers(0, 5, count)
        others = [rank for rank in range(5) if rank != digit - 1]
        orbit[0] = digit - 1 if number == tile else rng.choice(others)
        similarity = rng.normal(0.35, 0.15, count)
        similarity[0] = rng.normal(0.8, 0.12)
        first = int(rng.random() < 0.02)
        ranks.append((np.eye(5)[orbit] * 0.9 + 0.02)[first:])
        similarities.append(similarity[first:])
        scores.append(rng.uniform(0.4, 1, count)[first:])
        matches.append((np.arange(count) == 0)[first:])
    return Example(digits / digits.sum(), ranks, similarities, scores, digit, tile, matches)


def answers(calibration: Calibration, examples: list[Example]) -> tuple[np.ndarray, np.ndarray]:
    confidence, right = [], []
    for one in examples:
        args = one.digit_probabilities, one.ranks, one.similarities, one.scores
        decision = decide(*args, calibration)
        confidence.append(decision.confidence)
        hit = np.asarray(one.matches[decision.tile - 1])[decision.planet]
        right.append(bool(hit) and decision.tile == one.tile)
    return np.array(confidence), np.array(right)


@given(st.builds(Calibration, numbers, numbers, numbers, st.floats(0.1, 9), numbers, numbers))
def test_a_calibration_survives_json(calibration: Calibration) -> None:
    assert Calibration.from_json(json.loads(json.dumps(calibration.to_json()))) == calibration


def test_absent_parameters_keep_their_defaults() -> None:
    assert Calibration.from_json({"match_slope": 3}) == Calibration(match_slope=3.0)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"slope": 1.0}, "slope"),
        ({"match_slope": "3"}, "match_slope"),
        ({"match_slope": float("nan")}, "finite"),
        ({"match_slope": True}, "finite"),
        ({"digit_temperature": 0.0}, "positive"),
    ],
)
def test_a_calibration_that_cannot_be_used_is_named(values: dict[str, object], named: str) -> None:
    with pytest.raises(ModelError, match=named):
        Calibration.from_json(values)


def test_fitted_confidence_is_the_share_of_right_answers() -> None:
    rng = np.random.default_rng(1)
    calibration = fit([example(rng) for _ in range(150)])
    confidence, right = answers(calibration, [example(rng) for _ in range(300)])
    assert confidence.mean() == pytest.approx(right.mean(), abs=0.05)
    sure = confidence > np.median(confidence)
    assert right[sure].mean() > right[~sure].mean()


def test_a_fit_learns_which_way_the_scores_point() -> None:
    rng = np.random.default_rng(2)
    calibration = fit([example(rng) for _ in range(60)])
    assert calibration.match_slope > 5
    assert calibration.match_log_odds([0.9], [0.9]) > 0 > calibration.match_log_odds([0.2], [0.9])


def test_without_examples_the_defaults_stay() -> None:
    assert fit([]) == Calibration()


def test_tiles_without_planets_can_be_fitted_to() -> None:
    none = [np.zeros(0)] * 5
    empty = Example(np.full(5, 0.2), [np.zeros((0, 5))] * 5, none, none, 1, 1, none)
    assert fit([empty] * 3).match_slope == pytest.approx(Calibration().match_slope, abs=0.1)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_confidence_keeps_the_order_of_certainty(certainty: list[float]) -> None:
    values = Calibration(confidence_slope=0.7, confidence_intercept=-0.3).confidence(
        sorted(certainty)
    )
    assert (np.diff(values) >= 0).all()
    assert ((values >= 0) & (values <= 1)).all()


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5), st.floats(0.5, 10))
def test_tempered_digits_sum_to_one(digits: list[float], temperature: float) -> None:
    logs = Calibration(digit_temperature=temperature).digit_log_probabilities(digits)
    assert np.exp(logs).sum() == pytest.approx(1.0)
    assert int(np.argmax(logs)) == int(np.argmax(np.maximum(digits, 1e-9)))
