"""What happens to one chunk, on both databases, in this process."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from store import dispatch, expiry, jobs, keys, leases, results, turns
from store.errors import BlobStoreAway, InvalidState
from store.jobs import NewItem
from store.leases import LeasedItem, NewResult
from store.session import Database, open_database
from store.tables import Chunk, Job
from tests.servers import PATIENCE, Postgres, wait_until
from worker import renewal
from worker.errors import JobError
from worker.run import Broken, Runner

Compute = Callable[[Job, Sequence[LeasedItem]], list[NewResult]]


def solved(_job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
    """Solve every picture."""
    return [NewResult(item.id, tile=1) for item in items]


class Case:
    """One job of six pictures in one chunk."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.draining = threading.Event()
        with database.begin() as session:
            self.key_id = keys.create(session, "tests", ["admin"])[0].id
            items = [NewItem(f"{n}.png", "0" * 64) for n in range(6)]
            job, _ = jobs.accept(session, self.key_id, "solve", items, chunk_size=6)
            self.job_id = job.id
            [(self.chunk_id, _)] = dispatch.dispatchable(session, 10)

    def runner(self, compute: Compute) -> Runner:
        """A runner that computes like this, two pictures at a time."""
        return Runner(
            database=self.database,
            executors={"solve": compute},
            choose_model=lambda _session: "fake@1",
            owner="test",
            lease_seconds=30.0,
            micro_batch=2,
            draining=self.draining,
        )

    def job(self) -> Job:
        """The job as it is now."""
        with self.database.read() as session:
            return jobs.get(session, None, self.job_id)

    def lease_until(self) -> datetime:
        """When the lease ends, if it is not renewed."""
        with self.database.read() as session:
            until = session.get_one(Chunk, self.chunk_id).lease_until
        assert until is not None
        return until

    def positions(self) -> list[int]:
        """Which pictures have a result."""
        with self.database.read() as session:
            return [result.position for result in results.stream(session, self.job_id)]


@pytest.fixture
def case(database: Database) -> Case:
    """A job that waits, on either database."""
    return Case(database)


def test_the_last_chunk_ends_its_job_and_names_the_model_it_was_given(case: Case) -> None:
    assert case.runner(solved).run(case.chunk_id) is not None
    job = case.job()
    assert (job.status, job.done, job.model) == ("succeeded", 6, "fake@1")


def test_a_doubled_message_finds_nothing_to_do(case: Case) -> None:
    runner = case.runner(solved)
    runner.run(case.chunk_id)
    assert runner.run(case.chunk_id) is None
    assert case.positions() == [0, 1, 2, 3, 4, 5]


def test_two_workers_never_hold_one_chunk(case: Case) -> None:
    seen: list[object] = []

    def rivalled(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        seen.append(case.runner(solved).run(case.chunk_id))
        return solved(job, items)

    case.runner(rivalled).run(case.chunk_id)
    assert seen == [None] * 3
    assert case.job().done == 6


def test_where_a_rival_took_what_the_message_named_another_chunk_is_taken(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with case.database.begin() as session:
        items = [NewItem("later.png", "0" * 64)]
        later, _ = jobs.accept(session, case.key_id, "solve", items, chunk_size=6)
        assert leases.claim(session, case.chunk_id, "rival", 60)
    # The first look is from before the rival.
    looks, look = [case.chunk_id], turns.instead_of
    monkeypatch.setattr(turns, "instead_of", lambda *of: looks.pop() if looks else look(*of))
    lease = case.runner(solved).run(case.chunk_id)
    assert lease is not None
    assert lease.job.id == later.id


def taken_back(database: Database) -> bool:
    """Sweep; tell whether a chunk was taken back."""
    with database.begin() as session:
        return expiry.expire(session) == 1


def test_the_write_of_a_worker_whose_lease_ran_out_is_refused(case: Case) -> None:
    def outrun(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        if items[0].position == 0:
            with case.database.begin() as session:
                assert expiry.lapse(session, "test")
            # The next pictures are begun meanwhile, and their job is locked for that moment.
            wait_until(lambda: taken_back(case.database), "the end of the lease")
        return solved(job, items)

    case.runner(outrun).run(case.chunk_id)
    assert case.positions() == []
    assert case.job().status == "running"


def test_the_end_of_a_lease_moves_on_while_the_work_goes_on(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "RENEWALS", 100)

    def slow(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        for _ in range(2):
            before = case.lease_until()
            wait_until(lambda end=before: case.lease_until() > end, "a renewal")
        return solved(job, items)

    case.runner(slow).run(case.chunk_id)
    assert case.job().status == "succeeded"


def test_a_cancel_is_seen_between_two_micro_batches(case: Case) -> None:
    def cancelling(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        if items[0].position == 2:
            wait_until(lambda: case.positions() == [0, 1], "the results before")
            with case.database.begin() as session:
                jobs.cancel(session, None, case.job_id)
        return solved(job, items)

    case.runner(cancelling).run(case.chunk_id)
    assert case.positions() == [0, 1]
    assert case.job().status == "cancelled"


def test_two_micro_batches_are_computed_at_once_and_the_next_when_one_is_recorded(
    case: Case,
) -> None:
    together = threading.Barrier(2)

    def meeting(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        if items[0].position < 4:
            together.wait(PATIENCE)
        else:
            assert case.positions()[:2] == [0, 1]
        return solved(job, items)

    case.runner(meeting).run(case.chunk_id)
    assert case.positions() == [0, 1, 2, 3, 4, 5]
    assert case.job().status == "succeeded"


def test_pictures_that_are_tried_alone_are_computed_one_after_the_other(case: Case) -> None:
    at_work = threading.Lock()

    def alone(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        assert len(items) == 1
        assert at_work.acquire(blocking=False)
        try:
            return solved(job, items)
        finally:
            at_work.release()

    with case.database.begin() as session:
        session.get_one(Chunk, case.chunk_id).isolated = True
    case.runner(alone).run(case.chunk_id)
    assert case.job().status == "succeeded"


def test_a_worker_that_drains_records_what_it_computes_and_gives_the_rest_back_without_blame(
    case: Case,
) -> None:
    both = threading.Barrier(2, action=case.draining.set)

    def leaving(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        both.wait(PATIENCE)
        return solved(job, items)

    case.runner(leaving).run(case.chunk_id)
    assert case.positions() == [0, 1, 2, 3]
    case.draining.clear()
    case.runner(solved).run(case.chunk_id)
    assert case.positions() == [0, 1, 2, 3, 4, 5]


def test_pictures_that_cannot_be_fetched_for_now_are_tried_later(case: Case) -> None:
    def away(_job: Job, _items: Sequence[LeasedItem]) -> list[NewResult]:
        raise BlobStoreAway("the bucket does not answer")

    case.runner(away).run(case.chunk_id)
    assert case.positions() == []
    with case.database.read() as session:
        assert dispatch.ready_counts(session) == {}


def test_a_job_that_cannot_be_carried_out_fails_as_a_whole_and_says_why(case: Case) -> None:
    def hopeless(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        if items[0].position == 2:
            raise JobError("model", "the model is gone; import it again")
        return solved(job, items)

    case.runner(hopeless).run(case.chunk_id)
    job = case.job()
    assert job.status == "failed"
    assert job.error == {"code": "model", "message": "the model is gone; import it again"}
    assert case.positions() == [0, 1]


def test_an_error_of_the_worker_itself_isolates_what_was_in_flight(case: Case) -> None:
    def buggy(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        if items[0].position == 0:
            raise RuntimeError("a bug")
        return solved(job, items)

    with pytest.raises(Broken):
        case.runner(buggy).run(case.chunk_id)
    case.runner(solved).run(case.chunk_id)
    assert case.positions() == [4, 5]
    assert case.job().status == "running"


def test_what_will_never_be_is_not_tried_for_ever(case: Case) -> None:
    def refused(_job: Job, _items: Sequence[LeasedItem]) -> list[NewResult]:
        raise InvalidState("no later try will do better")

    with pytest.raises(Broken):
        case.runner(refused).run(case.chunk_id)
    with case.database.read() as session:
        isolated = list(session.scalars(select(Chunk).where(col(Chunk.isolated))))
    assert isolated


def test_a_chunk_that_breaks_workers_before_its_first_picture_ends_too(case: Case) -> None:
    def broken() -> bool:
        raise RuntimeError("a bug")

    case.draining.is_set = broken  # type: ignore[method-assign]
    for _ in range(expiry.MAX_IDLE_ATTEMPTS):
        with pytest.raises(Broken):
            case.runner(solved).run(case.chunk_id)
    with case.database.read() as session:
        assert session.get_one(Chunk, case.chunk_id).state == "done"


def test_results_wait_for_a_database_that_restarts(postgres: Postgres, postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    case = Case(database)
    computing, killed = threading.Event(), threading.Event()

    def interrupted(job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        computing.set()
        assert killed.wait(PATIENCE)
        return solved(job, items)

    work = threading.Thread(target=case.runner(interrupted).run, args=(case.chunk_id,))
    work.start()
    assert computing.wait(PATIENCE)
    postgres.kill()
    killed.set()
    # From this thread: the server ends with the thread that started it.
    postgres.start()
    work.join(2 * PATIENCE)
    assert case.positions() == [0, 1, 2, 3, 4, 5]
    assert case.job().status == "succeeded"
    database.dispose()
