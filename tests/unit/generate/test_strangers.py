"""Pictures that are no puzzles: of every kind, as large as a puzzle, the same for the same seed."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.generate.strangers import KINDS, draw_stranger


def decoded(data: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture


def test_there_are_many_kinds_and_they_take_turns():
    assert len(KINDS) >= 16
    assert [draw_stranger(2, index)[0] for index in range(len(KINDS))] == list(KINDS)
    assert draw_stranger(2, len(KINDS))[0] == next(iter(KINDS))


@settings(max_examples=30)
@given(st.integers(0, 1 << 62), st.integers(0, 1 << 20))
def test_a_stranger_has_the_proportions_of_a_puzzle_so_that_they_give_it_not_away(seed, index):
    _, data = draw_stranger(seed, index)
    height, width, _ = decoded(data).shape
    assert (width % 5, 2 * width) == (0, 5 * height)


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=list(KINDS))
def test_the_same_seed_gives_the_same_stranger_and_another_seed_another(kind):
    first = draw_stranger(4, kind)
    draw_stranger(9, kind + 1)
    assert draw_stranger(4, kind) == first
    assert draw_stranger(5, kind)[1] != first[1]


def test_what_a_broken_puzzle_lacks_is_gone():
    names = list(KINDS)
    for seed in range(3):
        without = decoded(draw_stranger(seed, names.index("no-hint"))[1])
        half = without.shape[0] // 2
        assert without[half + 4 :].std(axis=(0, 1)).max() < 16 < without[:half].std()
        tileless = decoded(draw_stranger(seed, names.index("no-tiles"))[1])
        half = tileless.shape[0] // 2
        assert tileless[: half - 4].std(axis=(0, 1)).max() < 16 < tileless[half:].std()
