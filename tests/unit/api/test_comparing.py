"""What two evaluations have in common, and the p-value of what they have not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from api.comparing import common, compare, mcnemar
from api.errors import Conflict
from api.schemas.outcomes import Comparison
from api.schemas.summary import SUMMARY
from solver.evaluation import Outcome, outcome_to_json, summarise
from store.tables import Evaluation


def row(name: str) -> Evaluation:
    return Evaluation(
        id=name, model=name, scored=1, metrics={}, created_at=datetime(2026, 1, 1, tzinfo=UTC)
    )


def line(picture: str, right: bool | None, digit: int = 3) -> dict[str, object]:
    outcome = Outcome(
        task=picture,
        image=f"{picture}.png",
        split="test",
        groups=(("style", "night"),),
        answer=1,
        derived=False,
        scored=right is not None,
        ambiguous=right is None,
        digit=digit,
        targets=5,
        correct=right,
        planets=17,
    )
    return {"picture": picture, **outcome_to_json(outcome)}


def compared(a: list[dict[str, object]], b: list[dict[str, object]], limit: int = 9) -> Comparison:
    return compare(row("a"), row("b"), common(a, b, range(limit)))


@given(gained=st.integers(0, 80), lost=st.integers(0, 80))
def test_the_p_value_is_that_of_the_exact_test(gained: int, lost: int) -> None:
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected)


def test_many_puzzles_make_no_number_too_large() -> None:
    assert mcnemar(3_000, 3_000) == 1.0
    assert mcnemar(0, 5_000) == 0.0


def test_puzzles_are_matched_by_their_pictures_whatever_their_order() -> None:
    a = [line("p", True), line("q", False), line("only a", True)]
    b = [line("only b", True), line("q", True), line("p", False)]
    found = compared(a, b)
    assert (found.puzzles, found.a.correct, found.b.correct) == (2, 1, 1)
    assert [one.task for one in found.fixed] == ["q"]
    assert [one.task for one in found.broken] == ["p"]


def test_a_picture_that_occurs_twice_is_compared_twice() -> None:
    twice = [line("p", True), line("p", False)]
    found = compared(twice, twice)
    assert found.counts == {"fixed": 0, "broken": 0, "both_wrong": 1, "both_right": 1}


def test_what_only_one_could_be_scored_on_is_left_out() -> None:
    found = compared([line("p", True), line("q", None)], [line("p", True), line("q", True)])
    assert found.puzzles == 1
    with pytest.raises(Conflict, match="no puzzle in common"):
        compared([line("p", None)], [line("p", True)])


def test_lists_are_cut_and_counts_are_not() -> None:
    a, b = ([line(str(n), right) for n in range(30)] for right in (True, False))
    found = compared(a, b, limit=4)
    assert (len(found.broken), found.counts["broken"]) == (4, 30)
    [crowding] = [one for one in found.slices if one.slice == "crowding"]
    assert (crowding.name, crowding.puzzles, crowding.broken) == ("10-19", 30, 30)


def test_what_follows_the_first_of_a_kind_is_listed_as_well() -> None:
    a, b = ([line(str(n), right) for n in range(30)] for right in (True, False))
    found = compare(row("a"), row("b"), common(a, b, range(28, 32)))
    assert [one.task for one in found.broken] == ["28", "29"]


def test_every_figure_of_a_summary_is_described() -> None:
    assert set(SUMMARY["properties"]) == set(summarise([], "m", 1.0).to_json())
