"""Computes a piece of work while the one before it is still computed, or its result used."""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

P = TypeVar("P")
R = TypeVar("R")


def overlapped(
    pieces: Iterable[P], compute: Callable[[P], R], use: Callable[[R], None], at_once: int
) -> None:
    """Compute pieces on threads, at most `at_once` of them unused; use each result here, in order.

    A piece is asked for only when it can be computed. Raises what any part does, the errors of
    pieces in their order, and then only once no thread is at work any more.
    """
    with ThreadPoolExecutor(at_once, "compute") as threads:
        at_work: deque[Future[R]] = deque()
        for piece in pieces:
            # What this thread's lines in the log carry, those of the other shall carry too.
            at_work.append(threads.submit(copy_context().run, compute, piece))
            if len(at_work) == at_once:
                use(at_work.popleft().result())
        while at_work:
            use(at_work.popleft().result())
