import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.calibration import Calibration
from solver.decision import Decision, decide

CALIBRATION = Calibration()


class Seen:
    """What the stages say of one puzzle."""

    def __init__(self, seed: int, most: int = 6) -> None:
        rng = np.random.default_rng(seed)
        counts = rng.integers(0, most + 1, 5)
        self.digits = rng.dirichlet(np.full(5, 0.4))
        self.ranks = [rng.dirichlet(np.full(5, 0.3), n).reshape(n, 5) for n in counts]
        self.similarities = [rng.uniform(-0.5, 1, n) for n in counts]
        self.scores = [rng.uniform(0.1, 1, n) for n in counts]

    def decided(self, calibration: Calibration = CALIBRATION) -> Decision:
        return decide(self.digits, self.ranks, self.similarities, self.scores, calibration)


def sure(rank: int, count: int = 1) -> np.ndarray:
    return np.tile(np.eye(5)[rank - 1], (count, 1))


seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds)
def test_probabilities_are_probabilities(seed: int) -> None:
    decision = Seen(seed).decided()
    assert sum(decision.tile_probabilities) == pytest.approx(1.0)
    assert sum(decision.digit_probabilities) == pytest.approx(1.0)
    assert all(sum(tile) <= 1 + 1e-9 for tile in decision.match_probabilities)
    assert 0 <= decision.confidence <= 1
    assert 0 <= decision.certainty <= decision.tile_probabilities[decision.tile - 1] + 1e-9
    assert decision.runner_up != decision.tile
    assert {decision.tile, decision.runner_up, decision.digit} <= {1, 2, 3, 4, 5}


@given(seed=seeds)
def test_tiles_in_another_order_give_the_same_answer(seed: int) -> None:
    seen = Seen(seed, most=4)
    before = seen.decided()
    order = np.random.default_rng(seed + 1).permutation(5)
    seen.ranks = [seen.ranks[i] for i in order]
    seen.similarities = [seen.similarities[i] for i in order]
    seen.scores = [seen.scores[i] for i in order]
    after = seen.decided()
    permuted = np.array(before.tile_probabilities)[order]
    assert after.tile_probabilities == pytest.approx(permuted.tolist())
    assert after.certainty == pytest.approx(before.certainty)
    if before.planet is not None and before.certainty > 0.5:
        assert order[after.tile - 1] == before.tile - 1


@given(seed=seeds)
def test_planets_in_another_order_give_the_same_answer(seed: int) -> None:
    seen = Seen(seed)
    before = seen.decided()
    rng = np.random.default_rng(seed + 1)
    orders = [rng.permutation(len(tile)) for tile in seen.ranks]
    seen.ranks = [tile[order] for tile, order in zip(seen.ranks, orders, strict=True)]
    seen.similarities = [t[order] for t, order in zip(seen.similarities, orders, strict=True)]
    seen.scores = [tile[order] for tile, order in zip(seen.scores, orders, strict=True)]
    after = seen.decided()
    assert after.tile_probabilities == pytest.approx(before.tile_probabilities)
    assert after.certainty == pytest.approx(before.certainty)
    if before.planet is not None and before.certainty > 0.5:
        assert after.planet is not None
        assert orders[after.tile - 1][after.planet] == before.planet


@given(seed=seeds, rise=st.floats(0.01, 2.0), tile=st.integers(0, 4))
def test_a_planet_that_resembles_the_icon_more_never_makes_its_tile_less_likely(
    seed: int, rise: float, tile: int
) -> None:
    seen = Seen(seed)
    digit = int(np.random.default_rng(seed).integers(5))
    seen.digits = np.eye(5)[digit]
    n = len(seen.similarities[tile]) + 1
    seen.ranks[tile] = np.vstack([seen.ranks[tile], sure(digit + 1)])
    seen.similarities[tile] = np.append(seen.similarities[tile], 0.3)
    seen.scores[tile] = np.append(seen.scores[tile], 0.8)
    before = seen.decided()
    seen.similarities[tile] = seen.similarities[tile] + np.eye(n)[-1] * rise
    after = seen.decided()
    assert after.tile_probabilities[tile] >= before.tile_probabilities[tile] - 1e-9


def test_the_icon_on_the_asked_orbit_is_the_answer() -> None:
    decision = decide(
        [0, 0, 1, 0, 0],
        [np.vstack([sure(orbit), sure(3)]) for orbit in (1, 2, 4, 3, 5)],
        [[0.95, 0.1]] * 5,
        [[0.9, 0.9]] * 5,
        CALIBRATION,
    )
    assert (decision.tile, decision.planet, decision.digit) == (4, 0, 3)
    assert decision.confidence > 0.95


def test_the_other_tiles_settle_a_digit_that_is_hard_to_read() -> None:
    ranks = [sure(orbit) for orbit in (2, 2, 5, 2, 2)]
    decision = decide([0, 0.5, 0, 0, 0.5], ranks, [[0.95]] * 5, [[0.9]] * 5, CALIBRATION)
    assert (decision.tile, decision.digit) == (3, 5)


def test_a_tile_without_planets_is_never_pointed_at_while_others_have_some() -> None:
    ranks = [sure(1), sure(2), np.zeros((0, 5)), sure(4), sure(5)]
    similarities = [[0.9], [0.9], [], [0.9], [0.9]]
    decision = decide([0, 0, 1, 0, 0], ranks, similarities, similarities, CALIBRATION)
    assert decision.tile != 3
    assert decision.runner_up == 3
    assert decision.confidence < 0.5


def test_no_planets_at_all_is_an_answer_without_a_planet() -> None:
    empty = [np.zeros(0)] * 5
    decision = decide(np.full(5, 0.2), [np.zeros((0, 5))] * 5, empty, empty, CALIBRATION)
    assert decision.planet is None
    assert decision.tile_probabilities == pytest.approx([0.2] * 5)
    assert decision.confidence < 0.01


@settings(max_examples=30)
@given(seed=seeds, scale=st.sampled_from([1e-300, 1.0, 50.0, 1e4]))
def test_extreme_scores_stay_finite(seed: int, scale: float) -> None:
    seen = Seen(seed)
    seen.digits = np.eye(5)[seed % 5]
    seen.ranks = [np.round(tile) for tile in seen.ranks]
    seen.similarities = [tile * scale for tile in seen.similarities]
    decision = seen.decided()
    assert np.isfinite(decision.tile_probabilities).all()
    assert np.isfinite(decision.confidence)


def test_a_missing_tile_is_refused() -> None:
    with pytest.raises(ValueError, match="5 tiles"):
        decide(np.full(5, 0.2), [sure(1)] * 5, [[0.5]] * 4, [[0.5]] * 5, CALIBRATION)
