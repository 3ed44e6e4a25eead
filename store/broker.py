"""Messages to the workers. They are hints: the database alone knows what is to be done."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery

from store.queues import MAINTENANCE, RUN_CHUNK, RUN_SCHEDULES, SOLVE, TRAIN

#: Seconds until a broker that does not answer counts as away.
SOCKET_SECONDS = 0.5
#: Seconds that one call of `publish` goes on sending.
PUBLISH_SECONDS = 2.0
#: Seconds without another try after a failure, so that a frozen broker slows few callers down.
PAUSE_SECONDS = 2.0
#: Seconds after which the pool ends a training whatever it does; silence ends it much earlier.
TRAIN_SECONDS = 7 * 24 * 3600
#: Seconds after which a request to end evaluations is of no use any more.
NUDGE_SECONDS = 60

_log = logging.getLogger(__name__)


class Publisher:
    """Sends chunk ids to the queues; safe to share between threads. It never raises."""

    def __init__(self, broker_url: str) -> None:
        self._app = _producer_app(broker_url)
        self._paused_until = 0.0

    def publish(self, chunk_ids: Sequence[int], queue: str = SOLVE) -> bool:
        """Send a message for each chunk; False when some could not be sent, in about 2 s at most.

        What was not sent is sent later by the dispatcher.
        """
        deadline = time.monotonic() + PUBLISH_SECONDS
        return not chunk_ids or self._sent(
            queue,
            lambda producer: all(
                self._send(producer, chunk, queue, deadline) for chunk in chunk_ids
            ),
        )

    def nudge(self) -> bool:
        """Ask a worker to end the evaluations that nobody ended; False where it was not sent."""
        return self._sent(MAINTENANCE, self._ask)

    def _sent(self, queue: str, send: Callable[[Any], bool]) -> bool:
        if time.monotonic() < self._paused_until:
            return False
        try:
            with self._app.producer_pool.acquire(block=True, timeout=SOCKET_SECONDS) as producer:
                return send(producer)
        except Exception as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            _log.warning("could not publish to the queue %s: %s", queue, type(error).__name__)
            return False

    def _send(self, producer: Any, chunk_id: int, queue: str, deadline: float) -> bool:
        if time.monotonic() > deadline:
            return False
        self._app.send_task(
            RUN_CHUNK,
            args=(chunk_id,),
            queue=queue,
            producer=producer,
            retry=False,
            time_limit=TRAIN_SECONDS if queue == TRAIN else None,
        )
        return True

    def _ask(self, producer: Any) -> bool:
        about = {"queue": MAINTENANCE, "expires": NUDGE_SECONDS}
        self._app.send_task(RUN_SCHEDULES, producer=producer, retry=False, **about)
        return True

    def queue_length(self, queue: str) -> int | None:
        """Count the messages that wait in a queue; None when the broker is away."""
        try:
            with self._app.pool.acquire(block=True, timeout=SOCKET_SECONDS) as connection:
                return int(connection.default_channel.client.llen(queue))
        except Exception as error:
            _log.warning("could not ask the broker for %s: %s", queue, type(error).__name__)
            return None

    def close(self) -> None:
        """Close the connections to the broker."""
        self._app.close()


def _producer_app(broker_url: str) -> Celery:
    app = Celery("orrery-publisher", broker=broker_url, set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_create_missing_queues=True,
        broker_connection_timeout=SOCKET_SECONDS,
        broker_transport_options={
            "socket_timeout": SOCKET_SECONDS,
            "socket_connect_timeout": SOCKET_SECONDS,
            "retry_on_timeout": False,
            "max_retries": 0,
        },
    )
    return app
