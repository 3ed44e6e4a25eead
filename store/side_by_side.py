"""Waiting for many slow calls at once: a disk or a bucket serves several together."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

#: Calls at a time.
THREADS = 16


def each(things: Sequence[T], call: Callable[[T], object]) -> None:
    """Make a call for each thing; raises the first error, when all calls have ended."""
    if len(things) == 1:
        call(things[0])
        return
    with ThreadPoolExecutor(THREADS) as threads:
        for done in [threads.submit(call, thing) for thing in things]:
            done.result()
