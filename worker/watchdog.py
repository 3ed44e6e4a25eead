"""A time limit that holds even where no Python code runs.

`faulthandler` waits on a thread of its own in C, needs no interpreter lock, and ends the process
at once. Celery's hard limit covers a whole task only, and a limit inside Python never comes while
a library is stuck.
"""

import faulthandler
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

#: Standard error by its number: Celery may have put something else in the place of sys.stderr.
ERROR_STREAM = 2

#: The limits of the blocks that are at work, oldest first: `faulthandler` has one clock alone.
_at_work: dict[object, float] = {}
_lock = Lock()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End this process, with a traceback on standard error, if the block takes longer.

    Blocks on several threads may overlap. The time of one begins when those before it have ended:
    until then it may only have waited for them.
    """
    block = object()
    with _lock:
        _at_work[block] = seconds
        if len(_at_work) == 1:
            _start_clock()
    try:
        yield
    finally:
        with _lock:
            oldest = next(iter(_at_work)) is block
            del _at_work[block]
            if oldest:
                _start_clock()


def _start_clock() -> None:
    """Give the oldest block its whole time from now; stop the clock where there is none."""
    for seconds in _at_work.values():
        faulthandler.dump_traceback_later(seconds, exit=True, file=ERROR_STREAM)
        return
    faulthandler.cancel_dump_traceback_later()


@contextmanager
def silence_limit(seconds: float) -> Iterator[Callable[[], None]]:
    """End this process if the block goes on for so long without calling what it is given."""

    def heard() -> None:
        faulthandler.dump_traceback_later(seconds, exit=True, file=ERROR_STREAM)

    heard()
    try:
        yield heard
    finally:
        faulthandler.cancel_dump_traceback_later()
