from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.finetune.errors import LeakError, TrainingError
from solver.finetune.icons import fingerprint
from solver.finetune.pairs import Pairs
from solver.finetune.split import FEWEST, Sides, check_apart, divide, doubts, grouped
from tests.unit.solver.pictures import scene


def pairs_of(drawings: list[int]) -> Pairs:
    """Puzzles of which each shows the drawing of its number."""
    count = len(drawings)
    icons = np.eye(max(drawings, default=0) + 1, dtype=np.float32)[drawings]
    return Pairs(
        ids=tuple(str(k) for k in range(count)),
        images=tuple(f"{k}.jpg" for k in range(count)),
        pictures=tuple(f"hash {k}" for k in range(count)),
        left_out={},
        crops=np.zeros((0, 64, 64, 3), np.uint8),
        role=np.zeros(0, np.int8),
        asked=np.zeros(0, np.bool_),
        place=np.zeros((0, 3), np.float32),
        starts=np.zeros(count + 1, np.int64),
        icons=icons,
    )


def all_train(pairs: Pairs) -> dict[str, str]:
    return dict.fromkeys(pairs.ids, "train")


@settings(max_examples=60)
@given(
    others=st.lists(st.integers(0, 60), min_size=20, max_size=80),
    tested=st.sets(st.integers(0, 119), max_size=30),
)
def test_no_puzzle_and_no_drawing_is_on_two_sides(others, tested):
    drawings = [*range(40), *others]
    pairs = pairs_of(drawings)
    splits = {name: "test" if int(name) in tested else "train" for name in pairs.ids}
    sides = divide(pairs, splits)
    shown = [{drawings[k] for k in side} for side in (sides.train, sides.held_back, sides.test)]
    assert not shown[0] & shown[1]
    assert not (shown[0] | shown[1]) & shown[2]
    assert not {pairs.ids[k] for k in (*sides.train, *sides.held_back)} & {str(k) for k in tested}
    together = [*sides.train, *sides.held_back, *sides.test]
    assert len(together) == len(set(together))


def test_a_fifth_is_judged_by_and_the_sides_do_not_depend_on_the_order():
    pairs = pairs_of(list(range(200)))
    sides = divide(pairs, all_train(pairs))
    assert len(sides.test) == 40
    assert len(sides.held_back) == 30
    turned = replace(pairs, ids=pairs.ids[::-1], pictures=pairs.pictures[::-1])
    again = divide(turned, all_train(pairs))
    assert {pairs.ids[k] for k in sides.test} == {turned.ids[k] for k in again.test}


def test_most_puzzles_stay_on_their_side_as_others_are_added():
    few, many = pairs_of(list(range(200))), pairs_of(list(range(220)))
    before, after = divide(few, all_train(few)), divide(many, all_train(many))
    assert len(set(before.test) - set(after.test)) <= 6


def test_two_names_of_one_picture_stay_together():
    pairs = pairs_of(list(range(40)))
    pictures = ("hash 7", *pairs.pictures[1:])
    assert [0, 7] in [sorted(group) for group in grouped(replace(pairs, pictures=pictures))]


@pytest.mark.parametrize(
    ("drawings", "train", "test", "says"),
    [
        ([0, 1, 2, 3], (0, 1), (1, 2), "Puzzle 1 is on two sides"),
        ([0, 1, 2, 0], (0, 1), (2, 3), "Puzzles 0 .* and 3 .* one icon drawing"),
    ],
)
def test_a_planted_leak_is_named(drawings, train, test, says):
    with pytest.raises(LeakError, match=says):
        check_apart(pairs_of(drawings), Sides(train, (), test, 4))


def test_a_planted_picture_is_named():
    pairs = replace(pairs_of([0, 1, 2]), pictures=("a", "b", "a"))
    with pytest.raises(LeakError, match=r"Puzzles 0 .* and 2 .* one picture"):
        check_apart(pairs, Sides((0,), (1,), (2,), 3))


def test_too_few_puzzles_are_refused_and_few_are_doubted():
    few = pairs_of(list(range(FEWEST - 1)))
    with pytest.raises(TrainingError, match=f"Only {FEWEST - 1} puzzles"):
        divide(few, all_train(few))
    some = pairs_of(list(range(60)))
    assert "too wide to trust" in next(doubts(some, divide(some, all_train(some))))
    many = pairs_of(list(range(150)))
    assert not list(doubts(many, divide(many, all_train(many))))


def test_puzzles_of_one_drawing_cannot_be_divided():
    pairs = pairs_of([0] * 60)
    with pytest.raises(TrainingError, match="1 different drawings"):
        divide(pairs, all_train(pairs))


def drawn(side: int, left: int, top: int, inverted: bool) -> np.ndarray:
    """An arrow of some size somewhere in a crop."""
    crop = np.full((64, 64, 3), 255, np.uint8)
    for row in range(side):
        width = max(2, side - row if row < side // 2 else side // 4)
        crop[top + row, left : left + width] = 0
    return 255 - crop if inverted else crop


def test_a_fingerprint_knows_a_drawing_whatever_its_size_place_and_polarity():
    wanted = fingerprint(drawn(40, 12, 12, inverted=False))
    for side, left, top, inverted in ((30, 20, 25, False), (44, 8, 9, True), (36, 4, 20, False)):
        assert wanted @ fingerprint(drawn(side, left, top, inverted)) > 0.85
    assert wanted @ fingerprint(drawn(40, 12, 12, inverted=False)[::-1]) < 0.85
    assert wanted @ fingerprint(scene(64, 64)) < 0.85
    assert np.isfinite(fingerprint(np.zeros((64, 64, 3), np.uint8))).all()
