"""Tells the broker that this worker process is there and has its model loaded.

A hint for operators and for `orrery up`, never for the truth: the key expires by itself.
"""

import logging
import threading

import redis

PREFIX = "orrery:worker:"
#: Seconds until a worker that stopped saying hello is forgotten, and between two hellos.
FORGOTTEN, INTERVAL = 30, 10

log = logging.getLogger(__name__)


class Presence:
    """Says hello at once and then every few seconds, on a thread of its own."""

    def __init__(self, broker_url: str, name: str, model_id: str) -> None:
        self._broker = _client(broker_url)
        self._key, self._model_id = PREFIX + name, model_id
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        """Begin to say hello."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye, if the broker listens."""
        self._gone.set()
        try:
            self._broker.delete(self._key)
        except redis.RedisError:
            log.debug("the broker is away; the hello expires by itself")

    def _run(self) -> None:
        while not self._gone.is_set():
            try:
                self._broker.set(self._key, self._model_id, ex=FORGOTTEN)
                pause = float(INTERVAL)
            except redis.RedisError:
                pause = 1.0
            self._gone.wait(pause)


def present(broker_url: str) -> list[str]:
    """Names of the workers that said hello of late; empty where the broker is away."""
    try:
        keys = _client(broker_url).keys(PREFIX + "*")
    except redis.RedisError:
        return []
    return sorted(str(key).removeprefix(PREFIX) for key in keys)


def forget_all(broker_url: str) -> bool:
    """Forget every hello, such as those from before a restart; False where the broker is away."""
    broker = _client(broker_url)
    try:
        for key in broker.keys(PREFIX + "*"):
            broker.delete(key)
    except redis.RedisError:
        return False
    return True


def _client(broker_url: str) -> redis.Redis:
    return redis.Redis.from_url(
        broker_url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True
    )
