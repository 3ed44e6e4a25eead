"""A bound on the event streams of a process: each holds a thread for as long as it lasts."""

from collections.abc import Callable
from threading import BoundedSemaphore

from api.errors import Away

#: Seconds a client should wait before it polls instead.
RETRY_AFTER = 2


class Streams:
    """Places for event streams; `closing` tells that the process stops and they must end."""

    def __init__(self, places: int) -> None:
        self._places = BoundedSemaphore(places)
        self.closing: Callable[[], bool] = lambda: False

    def enter(self) -> None:
        """Take a place; raises Away where all are taken, so that the client polls."""
        if not self._places.acquire(blocking=False):
            raise Away(
                "All event streams are taken; poll the job instead.",
                code="streams-full",
                retry_after=RETRY_AFTER,
            )

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()
