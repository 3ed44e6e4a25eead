"""Pieces of work side by side: their order, how many at once, and no thread left over."""

import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from worker.overlap import overlapped

PATIENCE = 30


def test_two_pieces_are_computed_at_once_and_used_in_order() -> None:
    second_ended = threading.Event()
    used: list[int] = []

    def compute(piece: int) -> int:
        if piece == 1:
            assert second_ended.wait(PATIENCE)
        if piece == 2:
            second_ended.set()
        return piece

    overlapped([1, 2, 3], compute, used.append, at_once=2)
    assert used == [1, 2, 3]


def test_a_piece_is_computed_while_the_result_before_it_is_used() -> None:
    computing = threading.Event()

    def compute(piece: int) -> int:
        if piece == 2:
            computing.set()
        return piece

    def use(piece: int) -> None:
        assert piece == 2 or computing.wait(PATIENCE)

    overlapped([1, 2], compute, use, at_once=2)


@pytest.mark.parametrize("at_once", [1, 2])
def test_no_piece_is_asked_for_before_it_can_be_computed(at_once: int) -> None:
    used: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(5):
            assert piece - len(used) < at_once
            yield piece

    overlapped(pieces(), lambda piece: piece, used.append, at_once)
    assert used == [0, 1, 2, 3, 4]


def test_what_came_before_an_error_is_used_and_what_comes_after_is_not() -> None:
    used: list[float] = []
    with pytest.raises(ZeroDivisionError):
        overlapped([1, 0, 2], lambda piece: 1 / piece, used.append, at_once=2)
    assert used == [1.0]


def test_an_error_comes_out_when_no_thread_is_at_work_any_more() -> None:
    failing, ended = threading.Event(), threading.Event()

    def compute(piece: int) -> int:
        if piece == 2:
            assert failing.wait(PATIENCE)
            ended.set()
        return piece

    def use(_piece: int) -> None:
        failing.set()
        raise KeyError

    with pytest.raises(KeyError):
        overlapped([1, 2], compute, use, at_once=2)
    assert ended.is_set()


def test_what_a_thread_knows_of_its_context_its_pieces_know_too() -> None:
    job: ContextVar[str] = ContextVar("job", default="none")
    job.set("mine")
    used: list[str] = []
    overlapped([1, 2], lambda _piece: job.get(), used.append, at_once=2)
    assert used == ["mine", "mine"]
