"""Silence for libraries that warn of what is expected."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_one_at_a_time = threading.Lock()


@contextmanager
def quiet() -> Iterator[None]:
    """Run a block without warnings, and leave the filters as they were.

    They belong to the whole process: of threads that change them at once, one would put back what
    another had set.
    """
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
