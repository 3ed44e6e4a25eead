"""Seconds by stage, of one thread and of several that are at one stage at once."""

import threading
from collections.abc import Callable

import pytest

from worker.stopwatch import Stopwatch

SetClock = Callable[[float], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """What sets the time that the stopwatch reads."""
    now = [0.0]
    monkeypatch.setattr("worker.stopwatch.perf_counter", lambda: now[0])
    return lambda moment: now.__setitem__(0, moment)


def test_blocks_of_a_stage_add_up_and_are_taken_once(clock: SetClock) -> None:
    stopwatch = Stopwatch()
    with stopwatch.time("read"):
        clock(2.0)
    clock(10.0)
    with stopwatch.time("read"):
        clock(11.0)
    assert stopwatch.take() == {"read": 3.0}
    assert stopwatch.take() == {}


def test_a_block_that_raises_is_counted(clock: SetClock) -> None:
    stopwatch = Stopwatch()

    def broken() -> None:
        with stopwatch.time("read"):
            clock(2.0)
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert stopwatch.take() == {"read": 2.0}


def test_of_two_blocks_at_once_the_later_counts_from_the_end_of_the_other(clock: SetClock) -> None:
    stopwatch = Stopwatch()
    first, second = stopwatch.time("solve"), stopwatch.time("solve")
    first_lap = first.__enter__()
    clock(1.0)
    second_lap = second.__enter__()
    clock(5.0)
    first.__exit__(None, None, None)
    clock(8.0)
    second.__exit__(None, None, None)
    assert (first_lap.seconds, second_lap.seconds) == (5.0, 3.0)


def test_a_thread_takes_what_it_has_counted_itself(clock: SetClock) -> None:
    stopwatch = Stopwatch()
    taken: list[dict[str, float]] = []

    def work() -> None:
        with stopwatch.time("solve"):
            clock(4.0)
        taken.append(stopwatch.take())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert taken == [{"solve": 4.0}]
    assert stopwatch.take() == {}
