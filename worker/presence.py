"""Tells the broker that this process is there and ready."""

import logging
import threading

import redis

from store import presence
from store.presence import Hello

#: Seconds between two hellos, and after one that the broker did not hear.
INTERVAL, SOON = 10.0, 1.0

log = logging.getLogger(__name__)


class Presence:
    """Says hello at once and then every few seconds, on a thread of its own."""

    def __init__(self, broker_url: str, kind: str, hello: Hello) -> None:
        self._broker = presence.connect(broker_url)
        self._kind, self._hello = kind, hello
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        """Begin to say hello."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye, if the broker listens."""
        self._gone.set()
        try:
            presence.leave(self._broker, self._kind, self._hello.name)
        except redis.RedisError:
            log.debug("the broker is away; the hello expires by itself")

    def _run(self) -> None:
        while not self._gone.is_set():
            try:
                presence.say(self._broker, self._kind, self._hello)
                pause = INTERVAL
            except redis.RedisError:
                pause = SOON
            self._gone.wait(pause)
