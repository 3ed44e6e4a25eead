"""The way of a chunk: claim, then for each micro-batch begin, compute, record; then close.

The next micro-batch is begun and computed while the one before is computed still, or recorded, so
that no thread of the model waits for pictures. Every transaction is short and none is open while
anything is computed. Only the token of the lease decides whether a write counts.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from store import jobs, leases, tallies, turns
from store.errors import DatabaseAway, ForNow, LeaseLost
from store.leases import Lease, LeasedItem, NewResult
from store.session import Database
from store.states import JobKind
from store.tables import Job
from worker.errors import JobError, Later
from worker.executors import Executor, Finished, LongExecutor
from worker.meanwhile import meanwhile
from worker.overlap import overlapped
from worker.patience import patiently
from worker.renewal import renewed
from worker.stopwatch import Stopwatch
from worker.watch import Watch

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Kinds of job that have a model: it solves, or is what a training starts from.
WITH_MODEL = (JobKind.SOLVE, JobKind.EVALUATE, JobKind.RETRAIN)
#: Marks a job that named no model.
CHAMPION = {"model": "champion"}
#: Workers that may be quicker at taking up what this one chose, until it waits for a message.
RIVALS = 8
#: Seconds until a chunk is tried again when the store was away in the middle of it.
AWAY_DELAY = 3.0
#: Seconds that results wait for a database that is away.
PATIENCE = 300.0


class Broken(Exception):
    """An error of this process itself; a fresh one should take its place."""


@dataclass(frozen=True, slots=True)
class Computed:
    """The results of a batch, and the seconds that each stage took."""

    results: Sequence[NewResult]
    laps: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Runner:
    """Carries out chunks in this process until `draining` is set."""

    database: Database
    executors: Mapping[str, Executor]
    choose_model: Callable[[Session], str]
    owner: str
    lease_seconds: float
    micro_batch: int
    draining: threading.Event
    long: Mapping[str, LongExecutor] = field(default_factory=dict)
    stopwatch: Stopwatch = field(default_factory=Stopwatch)

    def run(self, chunk_id: int) -> Lease | None:
        """Carry out a chunk; None where there is nothing to do, as after a doubled message.

        Whatever happens, the chunk is closed, given back, or taken back when its lease runs out.
        Raises Broken after an error that is no picture's and no neighbour's.
        """
        with bound_contextvars(worker=self.owner):
            lease = self._claim(chunk_id)
            if lease is None:
                log.debug("chunk %d is not to be had", chunk_id)
                return None
            # Not always the chunk of the message: it may have been another one's turn.
            with bound_contextvars(
                chunk_id=lease.chunk_id, job_id=lease.job.id, request_id=lease.job.request_id
            ):
                log.info("chunk %d begins: pictures: %d", lease.chunk_id, len(lease.items))
                self._attempt(lease)
                log.info("chunk %d is left", lease.chunk_id)
            return lease

    def _attempt(self, lease: Lease) -> None:
        chunk_id = lease.chunk_id
        try:
            with renewed(self.database, lease) as lost:
                self._work(lease, lost)
        except LeaseLost as error:
            log.warning("%s", error)
        except JobError as error:
            self._fail(lease, error)
        except (ForNow, Later) as error:
            log.warning("chunk %d goes back: %s", chunk_id, error)
            self._give_back(lease, delay=AWAY_DELAY)
        except Exception as error:
            log.exception("chunk %d: its pictures in flight are tried alone", chunk_id)
            self._give_back(lease, blamed=True)
            raise Broken from error

    def _claim(self, chunk_id: int) -> Lease | None:
        """Claim the chunk whose turn it is, in place of the one that the message named."""
        tried = None
        for _ in range(RIVALS):
            with self.database.begin() as session:
                first = turns.instead_of(session, chunk_id)
                lease = self._lease(session, first)
            # A rival may have taken even this chunk since it was chosen: then it is another's turn.
            if lease is not None or first == chunk_id == tried:
                return lease
            tried = first
        return None

    def _lease(self, session: Session, chunk_id: int) -> Lease | None:
        lease = leases.claim(session, chunk_id, self.owner, self.lease_seconds)
        if lease is not None and lease.job.model is None and lease.job.kind in WITH_MODEL:
            # One model from the first picture of a job to the last.
            lease.job.model = self.choose_model(session)
            lease.job.params = lease.job.params | CHAMPION
        return lease

    def _work(self, lease: Lease, lost: threading.Event) -> None:
        if lease.job.kind in self.long:
            self._carry_out(lease, lost)
        else:
            self._solve(lease, lost)
        self._transact(lambda session: _close(session, lease))

    def _carry_out(self, lease: Lease, lost: threading.Event) -> None:
        started = self._begin(lease, lease.items)
        if not started:
            return
        watch = Watch(self.database, lease, (self.draining, lost))
        with meanwhile("watch", watch.write):
            finished = self.long[lease.job.kind](lease.job, started, watch)
        if finished is not None:
            self._transact(lambda session: _write(session, lease, finished))

    def _solve(self, lease: Lease, lost: threading.Event) -> None:
        compute, record = partial(self._compute, lease.job), partial(self._record, lease)
        overlapped(self._begun(lease, lost), compute, record, _at_once(lease))

    def _begun(self, lease: Lease, lost: threading.Event) -> Iterator[list[LeasedItem]]:
        """Note batch after batch as in flight, until there is a reason to stop."""
        for items in _batches(lease.items, 1 if lease.isolated else self.micro_batch):
            if self.draining.is_set() or lost.is_set():
                return
            started = self._begin(lease, items)
            if not started:
                return
            yield started

    def _compute(self, job: Job, items: Sequence[LeasedItem]) -> Computed:
        return Computed(self.executors[job.kind](job, items), self.stopwatch.take())

    def _begin(self, lease: Lease, items: Sequence[LeasedItem]) -> list[LeasedItem]:
        wanted = {item.id: item for item in items}
        ids = self._transact(lambda session: leases.begin(session, lease, list(wanted)))
        return [wanted[item_id] for item_id in ids]

    def _record(self, lease: Lease, computed: Computed) -> None:
        # What it took to record these is counted with the next.
        laps = {**computed.laps, **self.stopwatch.take()}

        def write(session: Session) -> None:
            if leases.record(session, lease, computed.results) and "solve" in laps:
                _count(session, len(computed.results), laps)

        with self.stopwatch.time("record"):
            self._transact(write)

    def _fail(self, lease: Lease, error: JobError) -> None:
        self._transact(lambda session: jobs.fail(session, lease.job.id, error.code, str(error)))

    def _give_back(self, lease: Lease, delay: float = 0.0, blamed: bool = False) -> None:
        try:
            with self.database.begin() as session:
                leases.release(session, lease, delay=delay, blamed=blamed)
        except LeaseLost:
            log.warning("chunk %d was taken over before it was given back", lease.chunk_id)
        except DatabaseAway:
            log.warning("chunk %d comes back when its lease runs out", lease.chunk_id)

    def _transact(self, action: Callable[[Session], T]) -> T:
        def once() -> T:
            with self.database.begin() as session:
                return action(session)

        return patiently(once, PATIENCE, self.draining)


def _count(session: Session, pictures: int, laps: Mapping[str, float]) -> None:
    tallies.observe(session, tallies.BATCH, [pictures])
    for stage, seconds in laps.items():
        tallies.observe(session, tallies.STAGE, [seconds], label=stage)


def _write(session: Session, lease: Lease, finished: Finished) -> None:
    if leases.record(session, lease, finished.results):
        finished.also(session)


def _close(session: Session, lease: Lease) -> None:
    leases.release(session, lease)
    # An evaluation ends together with its line in the accuracy log.
    if lease.job.kind != JobKind.EVALUATE:
        jobs.finish(session, lease.job.id)


def _at_once(lease: Lease) -> int:
    """Batches that may be at work: where the times of models are compared, one has all threads."""
    return 2 if lease.job.kind == JobKind.SOLVE and not lease.isolated else 1


def _batches(items: Sequence[LeasedItem], size: int) -> Iterator[Sequence[LeasedItem]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
