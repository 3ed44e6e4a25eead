"""Follows a long piece of work: notes how far it is, and learns whether it shall stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from store import leases
from store.errors import LeaseLost, StoreError
from store.session import Database

if TYPE_CHECKING:
    from solver.finetune import Progress

log = logging.getLogger(__name__)

#: Seconds between two notes.
INTERVAL = 1.0


@dataclass(frozen=True, slots=True)
class Note:
    """What is written to the job, and whether the work never was this far before."""

    progress: dict[str, Any]
    farther: bool


class Watch:
    """Writes the progress of a leased job on a thread of its own while the block runs.

    `ends`: any of these tells the work to stop, as a cancelled job or a lost lease does.
    """

    def __init__(
        self, database: Database, lease: leases.Lease, ends: Sequence[threading.Event]
    ) -> None:
        self._database, self._lease = database, lease
        self._stopped = threading.Event()
        self._ends = (*ends, self._stopped)
        self._heard: Callable[[], None] = lambda: None
        self._over = threading.Event()
        self._lock = threading.Lock()
        before = lease.job.progress or {}
        self._furthest: dict[str, int] = dict(before.get("furthest", {}))
        self._waiting: Note | None = None
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

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
            farther = step.done > self._furthest.get(step.stage, -1)
            if farther:
                self._furthest[step.stage] = step.done
            unwritten = self._waiting is not None and self._waiting.farther
            self._waiting = Note(self._plain(step), farther or unwritten)

    def _plain(self, step: Progress) -> dict[str, Any]:
        return {
            "stage": step.stage,
            "done": step.done,
            "total": step.total,
            "loss": step.loss,
            "validation_auc": step.validation_auc,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "furthest": dict(self._furthest),
        }

    def _run(self) -> None:
        while not self._over.wait(INTERVAL):
            self._write()
        self._write()

    def _write(self) -> None:
        with self._lock:
            note, self._waiting = self._waiting, None
        try:
            with self._database.begin() as session:
                progress = note.progress if note else None
                cancelled = leases.tell(
                    session, self._lease, progress, farther=note is not None and note.farther
                )
        except LeaseLost:
            self._stopped.set()
        except StoreError as error:
            log.warning("the progress of job %s is noted later: %s", self._lease.job.id, error)
            self._put_back(note)
        else:
            if cancelled:
                self._stopped.set()

    def _put_back(self, note: Note | None) -> None:
        with self._lock:
            self._waiting = self._waiting or note
