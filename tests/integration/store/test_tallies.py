"""Counts of what happened."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from store import tallies
from store.session import Database


def test_counts_of_many_writers_add_up_while_others_sum_them_up(database: Database) -> None:
    def write(number: int) -> None:
        with database.begin() as session:
            if number % 5 == 0:
                tallies.compact(session)
            else:
                tallies.add(session, tallies.RESULTS, number, label="solve/answered")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(40)))
    with database.read() as session:
        found = tallies.counts(tallies.totals(session), tallies.RESULTS)
    assert found == {"solve/answered": sum(n for n in range(40) if n % 5)}


def test_summing_up_leaves_one_row_a_count_and_the_same_totals(database: Database) -> None:
    with database.begin() as session:
        for seconds in (0.2, 0.3, 70.0):
            tallies.observe(session, tallies.STAGE, [seconds, seconds], label="solve")
        before = tallies.totals(session)
        assert tallies.compact(session) > len(before)
        assert tallies.totals(session) == before
        assert tallies.compact(session) == len(before)


def test_what_a_transaction_did_not_commit_was_never_counted(database: Database) -> None:
    class Undone(Exception):
        pass

    try:
        with database.begin() as session:
            tallies.add(session, tallies.MESSAGES, 3)
            raise Undone
    except Undone:
        pass
    with database.read() as session:
        assert tallies.totals(session) == {}


def test_a_distribution_counts_each_value_in_its_bucket_and_all_above(database: Database) -> None:
    with database.begin() as session:
        tallies.observe(session, tallies.BATCH, [1, 8, 8, 9, 100])
        [found] = tallies.distributions(tallies.totals(session), tallies.BATCH).values()
    assert found.total == 126
    assert dict(found.buckets) == {
        "1": 1, "2": 1, "4": 1, "8": 3, "16": 4, "32": 4, "64": 4, "+Inf": 5
    }  # fmt: skip


@given(st.floats(0, 1e6), st.lists(st.floats(0, 1e6), max_size=6, unique=True).map(sorted))
def test_a_value_falls_into_the_first_bucket_that_holds_it(
    value: float, bounds: Sequence[float]
) -> None:
    found = tallies.bucket(value, bounds)
    holding = [f"{bound:g}" for bound in bounds if value <= bound]
    assert found == (holding[0] if holding else tallies.UNBOUNDED)
