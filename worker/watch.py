"""Follows a long piece of work: notes how far it is, and learns whether it shall stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from store import leases
from store.errors import LeaseLost, StoreError
from store.session import Database

if TYPE_CHECKING:
    from solver.finetune import Progress

log = logging.getLogger(__name__)

#: Seconds between two notes.
INTERVAL = 1.0


class Watch:
    """What the work on a leased job tells, on its way to the job, and what the job tells the work.

    `ends`: any of these tells the work to stop, as a cancelled job or a lost lease does.
    """

    def __init__(
        self, database: Database, lease: leases.Lease, ends: Sequence[threading.Event]
    ) -> None:
        self._database, self._lease = database, lease
        self._stopped = threading.Event()
        self._ends = (*ends, self._stopped)
        self._heard: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        before = lease.job.progress or {}
        self._furthest: dict[str, int] = dict(before.get("furthest", {}))
        self._progress: dict[str, Any] | None = None
        self._farther = False

    def hear(self, heard: Callable[[], None]) -> None:
        """Call this whenever the work gives a sign of life."""
        self._heard = heard

    def stop(self) -> bool:
        """Whether the work shall stop now."""
        self._heard()
        return any(end.is_set() for end in self._ends)

    def tell(self, step: Progress) -> None:
        """Note a step; only the last of a second is written."""
        self._heard()
        with self._lock:
            if step.done > self._furthest.get(step.stage, -1):
                self._furthest[step.stage] = step.done
                self._farther = True
            self._progress = self._plain(step)

    def _plain(self, step: Progress) -> dict[str, Any]:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return asdict(step) | {"at": at, "furthest": dict(self._furthest)}

    def write(self, over: threading.Event) -> None:
        """Write what was told to the job every second, until the work is over."""
        while not over.wait(INTERVAL):
            self.write_now()
        self.write_now()

    def write_now(self) -> None:
        """Write what was told last, and learn whether the job goes on."""
        with self._lock:
            progress, farther = self._progress, self._farther
            self._farther = False
        try:
            with self._database.begin() as session:
                cancelled = leases.tell(session, self._lease, progress, farther=farther)
        except LeaseLost:
            self._stopped.set()
        except StoreError as error:
            log.warning("the progress of job %s is noted later: %s", self._lease.job.id, error)
            with self._lock:
                self._farther |= farther
        else:
            if cancelled:
                self._stopped.set()
