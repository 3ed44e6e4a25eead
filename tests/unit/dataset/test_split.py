"""Which puzzles are kept for testing."""

from hypothesis import given
from hypothesis import strategies as st

from solver.dataset import split_of


@given(st.text())
def test_a_split_depends_on_the_id_alone(puzzle_id: str) -> None:
    assert split_of(puzzle_id) == split_of(puzzle_id)
    assert split_of(puzzle_id) in ("train", "test")


def test_the_split_of_known_ids_never_changes() -> None:
    assert [split_of(str(number)) for number in (186414, 17, 44)] == ["train", "train", "train"]
    assert [n for n in range(60) if split_of(str(n)) == "test"] == [5, 6, 20, 31]


def test_about_a_tenth_is_kept_for_testing() -> None:
    kept = sum(split_of(str(number)) == "test" for number in range(10_000))
    assert 900 < kept < 1100
