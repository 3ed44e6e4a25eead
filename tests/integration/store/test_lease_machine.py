"""Workers, a sweeper and a user in any order: nothing is lost, doubled or written late."""

from collections import Counter
from contextlib import ExitStack

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from sqlalchemy import select, text
from sqlmodel import col

from store import expiry, jobs, leases
from store.errors import LeaseLost
from store.session import open_database
from store.states import OPEN_JOB, ItemState
from store.tables import Chunk, Item, Job, Result, Table
from tests.integration.store import parts
from tests.servers import scratch

ENDED = {ItemState.DONE, ItemState.CANCELLED, ItemState.QUARANTINED}


class Leases(RuleBasedStateMachine):
    """The verbs against an oracle that remembers every write which the store confirmed."""

    #: Leases that a worker believes to hold, rightly or not.
    given = Bundle("given")
    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.database = open_database(self.url())
        self.held.callback(self.database.dispose)
        with self.database.begin() as session:
            Table.metadata.create_all(session.connection())
        self.key = parts.new_key(self.database)
        self.accepted: dict[str, int] = {}
        self.confirmed: set[int] = set()
        self.cancelled: dict[str, set[int]] = {}
        self.ends: Counter[str] = Counter()

    def url(self) -> str:
        """The URL of an empty database for one run."""
        return f"sqlite:///{self.held.enter_context(scratch())}/orrery.db"

    def teardown(self) -> None:
        """Work off what is left, and see that every job has ended."""
        with self.held:
            self.drain()
            self.see_the_end()

    def see_the_end(self) -> None:
        with self.database.read() as session:
            for job in session.scalars(select(Job)):
                assert job.status not in OPEN_JOB
                assert job.finished_at is not None
            leased = select(Chunk).where(col(Chunk.state) == "leased")
            assert session.scalars(leased).all() == []
        assert all(count == 1 for count in self.ends.values())
        assert set(self.ends) == set(self.accepted)

    def drain(self) -> None:
        """Let all leases run out, and one honest worker do the rest."""
        for job_id in self.accepted:
            job = self.job(job_id)
            while self.is_open(job_id):
                self.time_passes()
                self.sweep()
                parts.worked_off(self.database, job)
                self.finish(job_id)
        self.time_passes()
        self.sweep()

    def job(self, job_id: str) -> Job:
        with self.database.read() as session:
            return jobs.get(session, None, job_id)

    def is_open(self, job_id: str) -> bool:
        return self.job(job_id).status in OPEN_JOB

    def finish(self, job_id: str) -> None:
        before = self.is_open(job_id)
        with self.database.begin() as session:
            ended = jobs.finish(session, job_id)
        assert ended <= before
        self.note_ends()

    def note_ends(self) -> None:
        for job_id in self.accepted:
            if job_id not in self.ends and not self.is_open(job_id):
                self.ends[job_id] += 1

    @initialize(target=made, count=st.integers(1, 5), size=st.integers(1, 3))
    def first_job(self, count: int, size: int) -> str:
        return self.accept(count, size)

    @rule(target=made, count=st.integers(1, 5), size=st.integers(1, 3))
    def another_job(self, count: int, size: int) -> str:
        return self.accept(count, size)

    def accept(self, count: int, size: int) -> str:
        job = parts.accepted(self.database, self.key, count, size)
        self.accepted[job.id] = count
        return job.id

    @rule(target=given, job_id=made, choice=st.integers(0, 4))
    def claim(self, job_id: str, choice: int) -> leases.Lease:
        query = select(col(Chunk.id)).where(col(Chunk.job_id) == job_id).order_by(col(Chunk.id))
        with self.database.begin() as session:
            ids = session.scalars(query).all()
            lease = leases.claim(session, ids[choice % len(ids)], "worker", 60)
        self.note_ends()
        return multiple() if lease is None else lease

    @rule(lease=given, count=st.integers(1, 3))
    def begin(self, lease: leases.Lease, count: int) -> None:
        holds, was_cancelled = self.holds(lease), lease.job.id in self.cancelled
        try:
            begun = parts.begun(self.database, lease, count)
        except LeaseLost:
            assert not holds
            return
        assert holds
        assert not (begun and was_cancelled)

    @rule(lease=given, choice=st.lists(st.integers(0, 2), min_size=1, max_size=3))
    def record(self, lease: leases.Lease, choice: list[int]) -> None:
        holds = self.holds(lease)
        ids = [lease.items[number % len(lease.items)].id for number in choice]
        before = self.with_result()
        try:
            written = parts.recorded(self.database, lease, ids)
        except LeaseLost:
            assert not holds
            assert self.with_result() == before
            return
        assert holds
        fresh = self.with_result() - before
        assert len(fresh) == written
        assert fresh <= set(ids)
        assert not (written and lease.job.id in self.cancelled)
        self.confirmed |= fresh
        self.note_ends()

    @rule(lease=consumes(given), blamed=st.booleans())
    def let_go(self, lease: leases.Lease, blamed: bool) -> None:
        holds = self.holds(lease)
        try:
            with self.database.begin() as session:
                leases.release(session, lease, blamed=blamed)
        except LeaseLost:
            assert not holds
        else:
            assert holds
        self.note_ends()

    @rule(lease=given)
    def lapse(self, lease: leases.Lease) -> None:
        parts.lapse(self.database, lease)

    @rule(lease=given)
    def renew(self, lease: leases.Lease) -> None:
        holds = self.holds(lease)
        with self.database.begin() as session:
            assert leases.renew(session, lease) == holds

    @rule()
    def sweep(self) -> None:
        with self.database.begin() as session:
            expiry.expire(session)
            jobs.finish_ready(session)
        self.note_ends()

    @rule()
    def waits_are_over(self) -> None:
        parts.make_due(self.database)

    def time_passes(self) -> None:
        """Let every lease run out and every wait be over."""
        with self.database.begin() as session:
            past = "2000-01-01 00:00:00.000000"
            session.execute(text(f"UPDATE chunk SET available_at = '{past}'"))
            change = f"UPDATE chunk SET lease_until = '{past}' WHERE state = 'leased'"
            session.execute(text(change))

    @rule(job_id=made)
    def cancel(self, job_id: str) -> None:
        was_open = self.is_open(job_id)
        with self.database.begin() as session:
            jobs.cancel(session, self.key, job_id)
        if was_open and job_id not in self.cancelled:
            self.cancelled[job_id] = self.with_result(job_id)
        self.note_ends()

    @rule(job_id=made)
    def try_to_finish(self, job_id: str) -> None:
        self.finish(job_id)

    def holds(self, lease: leases.Lease) -> bool:
        with self.database.read() as session:
            token = select(col(Chunk.token)).where(col(Chunk.id) == lease.chunk_id)
            return session.scalar(token) == lease.token

    def with_result(self, job_id: str | None = None) -> set[int]:
        query = select(col(Result.item_id))
        if job_id is not None:
            query = query.where(col(Result.job_id) == job_id)
        with self.database.read() as session:
            return set(session.scalars(query))

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        with self.database.read() as session:
            found = session.scalars(select(Job)).all()
            items = session.scalars(select(Item)).all()
            results = session.scalars(select(Result)).all()
        assert {job.id: job.total for job in found} == self.accepted
        by_item = Counter(result.item_id for result in results)
        assert all(count == 1 for count in by_item.values())
        assert self.confirmed <= set(by_item)
        for job in found:
            mine = [item for item in items if item.job_id == job.id]
            self.check(job, mine, [it for it in results if it.job_id == job.id])

    def check(self, job: Job, items: list[Item], results: list[Result]) -> None:
        """A job's counters, states and results tell the same story."""
        assert len(items) == job.total
        assert job.done == len(results)
        assert job.failed == sum(result.error_code is not None for result in results)
        finished = {it.id for it in items if it.state in (ItemState.DONE, ItemState.QUARANTINED)}
        assert finished == {result.item_id for result in results}
        assert (job.finished_at is None) == (job.status in OPEN_JOB)
        if job.status not in OPEN_JOB:
            assert all(item.state in ENDED for item in items)
        if job.id in self.cancelled:
            assert {result.item_id for result in results} == self.cancelled[job.id]
        else:
            assert all(item.state != ItemState.CANCELLED for item in items)


TestLeases = Leases.TestCase
TestLeases.settings = settings(
    max_examples=15,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
