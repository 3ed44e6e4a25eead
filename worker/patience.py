"""Waits for a database that is away, so that computed results are not thrown away."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from store.errors import DatabaseAway

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Seconds between two tries: the first time, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


def patiently(action: Callable[[], T], seconds: float, stop: threading.Event) -> T:
    """Call `action` until the database answers; raises DatabaseAway after `seconds`, or on `stop`.

    `action` must hold one whole transaction, so that a second call does no harm.
    """
    end, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            return action()
        except DatabaseAway:
            if time.monotonic() > end or stop.is_set():
                raise
            log.warning("the database is away; trying again in %.1f s", pause)
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
