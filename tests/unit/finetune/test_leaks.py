"""Leaks between the splits that labels name."""

from dataclasses import replace

import numpy as np
import pytest

from solver.finetune.leaks import LeakCheck
from solver.stages import Stages
from tests.unit.evaluate.puzzles import PUZZLE, SOLUTION, sky


def examined(drawing: int) -> Stages:
    """What stages see of a hint with one of some drawings: a bar and a block, turned about."""
    stages = sky(SOLUTION).examine()
    ink = np.full((60, 60, 3), 255, np.uint8)
    ink[5:55, 10:22] = 0
    ink[40:55, 10 : 30 + 4 * drawing] = 0
    hint = np.full((200, 200, 3), 255, np.uint8)
    hint[20:80, 110:170] = np.rot90(ink, drawing)
    return replace(stages, layout=replace(stages.layout, hint=hint))


def leaks(*sides: tuple[str, int, bytes], named: bool = True) -> list[tuple[str, str]]:
    """The leaks among puzzles of (split, drawing, picture)."""
    check = LeakCheck()
    for number, (split, drawing, picture) in enumerate(sides):
        puzzle = replace(PUZZLE, id=str(number), split=split, split_named=named)
        check.add(puzzle, picture, lambda drawing=drawing: examined(drawing))
    return [(it.task, it.message) for it in check.problems()]


def test_splits_that_share_nothing_do_not_leak() -> None:
    assert leaks(("train", 0, b"a"), ("train", 0, b"b"), ("test", 1, b"c")) == []


@pytest.mark.parametrize(
    ("drawing", "picture", "what"),
    [(1, b"a", "same picture"), (0, b"c", "same icon drawing")],
)
def test_what_is_on_both_sides_is_named(drawing: int, picture: bytes, what: str) -> None:
    ((task, message),) = leaks(("train", 0, b"a"), ("train", 0, b"b"), ("test", drawing, picture))
    assert task == "2"
    assert what in message
    assert "task 0" in message


def test_splits_that_no_label_names_are_nobodys_claim() -> None:
    assert leaks(("train", 0, b"a"), ("test", 0, b"a"), named=False) == []
