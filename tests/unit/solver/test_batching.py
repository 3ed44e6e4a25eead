from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
import torch

from solver.errors import DeviceError
from solver.runtime.batching import BatchedNet


class Doubling:
    """A net that doubles numbers, has room for so many, and can be kept busy."""

    def __init__(self, room: int = 1000) -> None:
        self.room, self.given = room, []
        self.begun, self.free = Event(), Event()
        self.free.set()

    def __call__(self, numbers: np.ndarray) -> tuple[np.ndarray, ...]:
        self.given.append(numbers.tolist())
        self.begun.set()
        assert self.free.wait(30)
        if len(numbers) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB.")
        return (numbers * 2,)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def numbers(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def waiting(net: BatchedNet, count: int) -> bool:
    """Whether so many wait for the device."""
    while len(net._waiting) < count:
        Event().wait(0.001)
    return True


def test_what_is_asked_while_the_device_is_busy_goes_through_together(threads):
    slow = Doubling()
    net = BatchedNet(slow, 8)
    slow.free.clear()
    first = threads.submit(net, numbers(1, 2))
    assert slow.begun.wait(30)
    others = [threads.submit(net, numbers(k, 10 * k)) for k in (3, 4, 5)]
    assert waiting(net, 3)
    slow.free.set()
    assert first.result()[0].tolist() == [2, 4]
    assert [it.result()[0].tolist() for it in others] == [[6, 60], [8, 80], [10, 100]]
    assert slow.given[0] == [1, 2, 0, 0, 0, 0, 0, 0]
    assert len(slow.given) == 2
    assert sorted(slow.given[1]) == [0, 0, 3, 4, 5, 30, 40, 50]


def test_each_of_many_threads_gets_what_it_asked_for(threads):
    net = BatchedNet(Doubling(), 5)
    asked = [np.arange(k % 13, dtype=np.float32) + k for k in range(200)]
    for given, (got,) in zip(asked, threads.map(net, asked), strict=True):
        assert np.array_equal(got, given * 2)


def test_where_memory_lacks_the_batch_is_halved_and_stays_so(caplog):
    small = Doubling(room=3)
    net = BatchedNet(small, 16)
    [told] = net(np.arange(20, dtype=np.float32))
    assert np.array_equal(told, np.arange(20) * 2)
    assert net.size == 2
    small.given.clear()
    net(numbers(1, 2, 3))
    assert small.given == [[1, 2], [3, 0]]
    assert "lacks memory, it gets 2 at a time: CUDA out of memory" in caplog.text


def test_without_room_for_one_everybody_is_told_and_later_ones_are_served(threads):
    full = Doubling(room=0)
    net = BatchedNet(full, 4)
    for fault in [threads.submit(net, numbers(k)).exception() for k in range(6)]:
        assert isinstance(fault, DeviceError)
        assert "no room for one picture" in str(fault)
    full.room = 1
    assert net(numbers(7))[0].tolist() == [14]


def test_an_error_of_the_net_reaches_who_asked():
    def broken(_: np.ndarray) -> tuple[np.ndarray, ...]:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        BatchedNet(broken, 4)(numbers(1))
