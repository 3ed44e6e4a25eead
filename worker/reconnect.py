"""Connections to the broker that are soon back when it is.

Celery waits longer after each try, half a minute in the end, and offers no setting for it.
"""

from collections.abc import Callable
from typing import Any

from celery.app.amqp import AMQP
from kombu.connection import Connection

#: Seconds between two tries: at first, more each time, and at most.
FIRST, STEP, LONGEST = 0.5, 0.5, 3.0


class Persistent(Connection):
    """A connection that looks for its broker every few seconds, however long it is away."""

    def ensure_connection(
        self,
        errback: Callable[..., Any] | None = None,
        max_retries: int | None = None,
        callback: Callable[..., Any] | None = None,
    ) -> "Persistent":
        """Connect, or go on trying; `callback` is called in between and may raise."""
        retries = errback, max_retries, FIRST, STEP, LONGEST, callback
        self._ensure_connection(*retries)  # type: ignore[no-untyped-call]
        return self


class Amqp(AMQP):  # type: ignore[misc]
    """How the application makes its connections."""

    Connection = Persistent
