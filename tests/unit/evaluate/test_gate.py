"""The gate: what a candidate must not be worse at, and what is only noise."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.evaluation import Outcome
from solver.evaluation.gate import Bounds, decide
from solver.evaluation.paired import holm, probability_worse

SAME = (0.05, 0.05)


def puzzle(number: int, right: bool = True, confidence: float = 0.95) -> Outcome:
    """A puzzle; digits, tiles and styles come round at their own pace."""
    return Outcome(
        task=str(number),
        image=f"{number}.png",
        split="test",
        groups=(("style", "night" if number % 3 else "paper"),),
        answer=number // 5 % 5 + 1,
        derived=False,
        scored=True,
        ambiguous=False,
        digit=number % 5 + 1,
        targets=5,
        correct=right,
        confidence=confidence,
        planets=12 + number % 17,
    )


def puzzles(count: int, wrong: Callable[[Outcome], bool] = lambda one: False) -> list[Outcome]:
    made = [puzzle(number) for number in range(count)]
    return [replace(one, correct=not wrong(one)) for one in made]


def noisy(count: int, seed: int, error: float) -> list[Outcome]:
    chance = random.Random(seed)
    return puzzles(count, lambda _: chance.random() < error)


def test_a_candidate_that_is_as_good_passes() -> None:
    decision = decide(puzzles(100), puzzles(100), SAME)
    assert (decision.passed, decision.reasons) == (True, ())
    assert not decision.figures["significantly_better"]


def test_a_better_candidate_passes_and_is_said_to_be_better() -> None:
    champion = puzzles(100, lambda one: int(one.task) % 7 == 0)
    decision = decide(champion, puzzles(100), SAME)
    assert decision.passed
    assert decision.figures["significantly_better"]
    assert decision.figures["gained"] == 15


@pytest.mark.parametrize("digit", range(1, 6))
def test_a_candidate_broken_on_one_digit_is_refused_and_the_digit_is_named(digit: int) -> None:
    decision = decide(puzzles(60), puzzles(60, lambda one: one.digit == digit), SAME)
    assert not decision.passed
    [reason] = [reason for reason in decision.reasons if "digit" in reason]
    assert f"worse on digit {digit}: 0 instead of 12 of 12 puzzles right" in reason


def test_a_broken_digit_is_seen_although_the_candidate_is_better_on_all_others() -> None:
    champion = puzzles(200, lambda one: one.digit != 2 and int(one.task) % 4 == 0)
    decision = decide(champion, puzzles(200, lambda one: one.digit == 2), SAME)
    assert not decision.passed
    assert [reason.partition(":")[0] for reason in decision.reasons] == ["worse on digit 2"]


def test_a_broken_style_is_named() -> None:
    decision = decide(puzzles(90), puzzles(90, lambda one: ("style", "paper") in one.groups), SAME)
    assert any(reason.startswith("worse on style paper") for reason in decision.reasons)


def test_too_few_puzzles_are_refused_with_the_number_that_is_needed() -> None:
    decision = decide(puzzles(20), puzzles(20), SAME)
    assert not decision.passed
    [reason] = decision.reasons
    assert "too few held-out puzzles to tell: 20" in reason
    needed = int(reason.split()[-3])
    assert decide(puzzles(needed), puzzles(needed), SAME).passed


def test_a_digit_that_no_puzzle_asks_for_cannot_be_judged() -> None:
    some = [one for one in puzzles(100) if one.digit != 4]
    [reason] = decide(some, some, SAME).reasons
    assert "0 with the digit 4" in reason


def test_no_puzzles_at_all_are_too_few() -> None:
    assert not decide([], [], (0.0, 0.0)).passed


def test_a_candidate_may_take_a_little_longer_and_no_more() -> None:
    assert decide(puzzles(100), puzzles(100), (0.05, 0.06)).passed
    [reason] = decide(puzzles(100), puzzles(100), (0.05, 0.07)).reasons
    assert reason == "slower: 70.0 instead of 50.0 ms a puzzle, more than 1.25 times as long"
    assert decide(puzzles(100), puzzles(100), (0.05, 0.07), Bounds(latency=1.5)).passed
    # Below five milliseconds a ratio says nothing.
    assert decide(puzzles(100), puzzles(100), (0.0001, 0.004)).passed


def test_a_candidate_whose_confidence_means_less_is_refused() -> None:
    unsure = [replace(one, confidence=0.6) for one in puzzles(100)]
    [reason] = decide(puzzles(100), unsure, SAME).reasons
    assert reason.startswith("worse calibrated: a calibration error of 0.4000 instead of 0.0500")


def test_a_puzzle_that_only_the_champion_could_be_scored_on_is_lost() -> None:
    lost = [
        replace(one, scored=False, ambiguous=True, correct=None) if one.digit == 1 else one
        for one in puzzles(100)
    ]
    decision = decide(puzzles(100), lost, SAME)
    assert any(reason.startswith("worse on digit 1") for reason in decision.reasons)


def test_noise_seldom_refuses() -> None:
    refused = sum(
        not decide(noisy(200, 2 * seed, 0.05), noisy(200, 2 * seed + 1, 0.05), SAME).passed
        for seed in range(100)
    )
    # Two tests at 5% each would give 10 of 100; exact tests give fewer.
    assert refused <= 10


right = st.lists(st.booleans(), min_size=60, max_size=90)


def answered(rights: Sequence[bool]) -> list[Outcome]:
    return [puzzle(number, right) for number, right in enumerate(rights)]


@given(rights=right)
def test_a_model_is_never_worse_than_itself(rights: list[bool]) -> None:
    assert decide(answered(rights), answered(rights), SAME).passed


@given(rights=right, seed=st.integers(0, 1000))
def test_the_order_of_the_puzzles_does_not_matter(rights: list[bool], seed: int) -> None:
    champion, candidate = answered([True] * len(rights)), answered(rights)
    shuffled = random.Random(seed).sample(candidate, len(candidate))
    first, second = decide(champion, candidate, SAME), decide(champion, shuffled, SAME)
    assert (first.passed, first.reasons) == (second.passed, second.reasons)


@given(rights=right, place=st.integers(0, 59))
def test_one_more_right_answer_never_makes_the_verdict_on_all_puzzles_worse(
    rights: list[bool], place: int
) -> None:
    champion = answered([True] * len(rights))
    more = [*rights[:place], True, *rights[place + 1 :]]
    before = decide(champion, answered(rights), SAME).figures
    after = decide(champion, answered(more), SAME).figures
    assert after["p_worse"] >= before["p_worse"]
    assert after["candidate"]["correct"] >= before["candidate"]["correct"]


@given(gained=st.integers(0, 60), lost=st.integers(1, 60))
def test_losing_is_as_probable_as_winning(gained: int, lost: int) -> None:
    both = gained + lost
    ways = sum(math.comb(both, some) for some in range(lost, both + 1))
    assert probability_worse(gained, lost) == pytest.approx(ways / 2**both)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_holm_keeps_the_order_and_makes_no_value_smaller(values: list[float]) -> None:
    adjusted = holm(values)
    assert all(0 <= new <= 1 and new >= old for old, new in zip(values, adjusted, strict=True))
    pairs = sorted(zip(values, adjusted, strict=True))
    assert [new for _, new in pairs] == sorted(new for _, new in pairs)


def test_holm_as_in_a_worked_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
