"""The loops that delete what is past its time, and that sum up the counts.

Apart from the dispatcher, since a sweep over many blobs takes long and leases run out meanwhile.
"""

import logging
import threading
import time
from collections.abc import Callable, Sized
from dataclasses import dataclass

from sqlalchemy.orm import Session

from store import retention, tallies
from store.blobs import Blobs
from store.errors import StoreError
from store.session import Database

log = logging.getLogger(__name__)

#: Seconds between two sweeps, and how many times as long as a sweep took the next one waits.
INTERVAL, REST = 600.0, 20.0
#: Seconds between two sums of the counts, which are read by each scrape of the metrics.
SUMS_INTERVAL = 60.0


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Deletes jobs that ended `retention_days` ago, and blobs; any number may run."""

    database: Database
    blobs: Blobs
    retention_days: float

    def run(self, stop: threading.Event) -> None:
        """Sweep at once and every ten minutes, or less often where it takes long, until told."""
        while not stop.is_set():
            begin = time.monotonic()
            try:
                self.clean()
            except (StoreError, OSError) as error:
                # A disk that cannot be read or written; the dispatcher beside this needs none.
                log.warning("what is past its time stays until the next sweep: %s", error)
            stop.wait(max(INTERVAL, REST * (time.monotonic() - begin)))

    def clean(self) -> None:
        """Delete all that is past its time, in many short transactions."""
        self._repeat(retention.expire_pictures)
        self._repeat(retention.expire_jobs)
        retention.sweep_blobs(self.database, self.blobs)

    def _repeat(self, expire: Callable[[Session, float], Sized | int]) -> None:
        gone: Sized | int = True
        while gone:
            with self.database.begin() as session:
                gone = expire(session, self.retention_days)

    def sum_up(self, stop: threading.Event) -> None:
        """Sum up the counts at once and every minute, until told to stop."""
        while not stop.is_set():
            try:
                with self.database.begin() as session:
                    tallies.compact(session)
            except StoreError as error:
                log.warning("counts are summed up later: %s", error)
            stop.wait(SUMS_INTERVAL)
