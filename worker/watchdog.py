"""A time limit that holds even where no Python code runs.

`faulthandler` waits on a thread of its own in C, needs no interpreter lock, and ends the process
at once. Celery's hard limit covers a whole task only, and a limit inside Python never comes while
a library is stuck.
"""

import faulthandler
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Standard error by its number: Celery may have put something else in the place of sys.stderr.
ERROR_STREAM = 2


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End this process, with a traceback on standard error, if the block takes longer."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=ERROR_STREAM)
    try:
        yield
    finally:
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
