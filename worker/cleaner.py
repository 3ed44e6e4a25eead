"""The loop that deletes what is past its time: old jobs, then blobs that nothing refers to.

Apart from the dispatcher, since a sweep over many blobs takes long and leases run out meanwhile.
"""

import logging
import threading
from dataclasses import dataclass

from store import retention, tallies
from store.blobs import Blobs
from store.errors import StoreError
from store.session import Database

log = logging.getLogger(__name__)

#: Seconds between two sweeps.
INTERVAL = 600.0


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Deletes jobs that ended `retention_days` ago, and blobs; any number may run."""

    database: Database
    blobs: Blobs
    retention_days: float

    def run(self, stop: threading.Event) -> None:
        """Sweep at once and every ten minutes, until told to stop."""
        while not stop.is_set():
            try:
                self.clean()
            except StoreError as error:
                log.warning("what is past its time stays until the next sweep: %s", error)
            stop.wait(INTERVAL)

    def clean(self) -> None:
        """Delete all that is past its time, and sum up the counts."""
        with self.database.begin() as session:
            tallies.compact(session)
        expired = ["first"]
        while expired:
            with self.database.begin() as session:
                expired = retention.expire_jobs(session, self.retention_days)
        retention.sweep_blobs(self.database, self.blobs)
