"""The loop that makes every accepted job end, whatever was lost on the way.

It sends ready chunks to the broker, but only while a queue is shorter than what is ready for it;
takes back what dead workers held; and ends jobs. Any number of dispatchers may run.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from store import dispatch, expiry, jobs, setback
from store.broker import Publisher
from store.errors import DatabaseAway, StoreError
from store.queues import QUEUES
from store.session import Database
from store.states import JobKind

log = logging.getLogger(__name__)

#: Seconds between two rounds.
INTERVAL = 1.0
#: Messages in one round and queue, at most.
BURST = 500
#: Seconds between two requests to the workers to end evaluations.
NUDGE_INTERVAL = 5.0


@dataclass(slots=True)
class Dispatcher:
    """Sends, sweeps and finishes, round by round; workers it asks to end evaluations.

    A holder cannot renew its lease while the database is away: once that is back, `lease_seconds`
    pass before anything is taken from anybody.
    """

    database: Database
    publisher: Publisher
    lease_seconds: float = 60.0
    _nudged: float = field(default=float("-inf"))
    _away: float = field(default=float("-inf"))

    def run(self, stop: threading.Event, heard: Callable[[], None] = lambda: None) -> None:
        """Go round until told to stop; a database or broker that is away is waited for.

        `heard` is called each round.
        """
        while not stop.wait(INTERVAL):
            heard()
            for step in (self.sweep, self.finish, self.dispatch):
                try:
                    step()
                except StoreError as error:
                    log.warning("%s waits for the next round: %s", step.__name__, error)
                    if isinstance(error, DatabaseAway):
                        self._away = time.monotonic()

    def sweep(self) -> int:
        """Take back the chunks whose leases ran out; their number."""
        with self.database.begin() as session:
            setback.bring_forward(session, self.lease_seconds)
            if time.monotonic() < self._away + self.lease_seconds:
                return 0
            return expiry.expire(session)

    def finish(self) -> list[str]:
        """End the jobs of which nothing is pending; their ids."""
        with self.database.begin() as session:
            ended = jobs.finish_ready(session)
            waiting = [job for job in jobs.finishable(session) if job.kind == JobKind.EVALUATE]
        if waiting and time.monotonic() - self._nudged > NUDGE_INTERVAL:
            self._nudged = time.monotonic()
            self.publisher.nudge()
        return ended

    def dispatch(self) -> int:
        """Send messages for ready chunks that no message waits for; their number."""
        with self.database.read() as session:
            ready = dispatch.ready_counts(session)
        return sum(self._fill(queue, ready[queue]) for queue in QUEUES if ready.get(queue))

    def _fill(self, queue: str, ready: int) -> int:
        waiting = self.publisher.queue_length(queue)
        if waiting is None or waiting >= ready:
            return 0
        with self.database.begin() as session:
            due = dispatch.dispatchable(session, min(ready - waiting, BURST), queue=queue)
            ids = [chunk_id for chunk_id, _ in due]
            dispatch.mark_published(session, ids)
        if not ids:
            return 0
        if not self.publisher.publish(ids, queue):
            with self.database.begin() as session:
                dispatch.unmark_published(session, ids)
            return 0
        log.info("sent to %s", queue, extra={"chunk_ids": ids})
        return len(ids)
