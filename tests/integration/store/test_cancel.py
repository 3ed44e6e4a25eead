"""Cancelling, failing and deleting jobs."""

import pytest
from sqlalchemy import func, select

from store import dispatch, jobs, leases
from store.errors import LeaseLost, NotFound
from store.session import Database
from store.tables import Chunk, Item, Job, Result
from tests.integration.store.parts import (
    accepted,
    begun,
    chunk_ids,
    closed,
    crashed,
    finished,
    item_states,
    job_now,
    lapse,
    leased,
    new_key,
    recorded,
    results_of,
    worked_off,
)


def cancelled(database: Database, job: Job) -> Job:
    with database.begin() as session:
        return jobs.cancel(session, job.key_id, job.id)


def test_a_queued_job_is_cancelled_at_once(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3, chunk_size=2)

    answer = cancelled(database, job)

    assert answer.status == "cancelled"
    assert answer.finished_at is not None
    assert item_states(database, job) == ["cancelled"] * 3
    assert len(chunk_ids(database, job, "cancelled")) == 2


def test_a_cancelled_job_keeps_the_results_it_has(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3)
    lease = leased(database, job)
    recorded(database, lease, begun(database, lease, 1))

    cancelled(database, job)

    assert item_states(database, job) == ["done", "cancelled", "cancelled"]
    ended = job_now(database, job)
    assert (ended.status, ended.total, ended.done) == ("cancelled", 3, 1)
    with database.read() as session:
        assert len(results_of(session, job)) == 1


def test_a_job_with_pictures_in_flight_ends_when_they_come_back(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id, count=3)
    lease = leased(database, job)
    ids = begun(database, lease, 1)

    assert cancelled(database, job).status == "running"
    assert item_states(database, job) == ["in_flight", "cancelled", "cancelled"]
    assert recorded(database, lease, ids) == 0

    assert job_now(database, job).status == "cancelled"
    with database.read() as session:
        assert results_of(session, job) == []
    closed(database, lease)
    assert chunk_ids(database, job, "leased") == []


def test_a_worker_begins_nothing_after_a_cancel(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3)
    lease = leased(database, job)
    ids = begun(database, lease, 1)
    cancelled(database, job)

    assert begun(database, lease) == []

    closed(database, lease)
    assert ids
    assert job_now(database, job).status == "cancelled"


def test_a_cancel_takes_the_lease_of_a_worker_with_nothing_in_flight(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id)
    lease = leased(database, job)

    cancelled(database, job)

    assert job_now(database, job).status == "cancelled"
    with pytest.raises(LeaseLost):
        begun(database, lease)


def test_a_cancelled_job_ends_although_its_worker_died(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=2)
    lease = leased(database, job)
    begun(database, lease, 1)
    cancelled(database, job)

    crashed(database, lease)

    assert job_now(database, job).status == "cancelled"
    assert item_states(database, job) == ["cancelled", "cancelled"]


def test_a_late_claim_ends_a_cancelled_job_whose_worker_died(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id, count=1)
    lease = leased(database, job)
    begun(database, lease)
    cancelled(database, job)
    lapse(database, lease)

    with database.begin() as session:
        assert leases.claim(session, lease.chunk_id, "other", 60) is None
    assert job_now(database, job).status == "cancelled"


def test_a_second_cancel_changes_nothing(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    first = cancelled(database, job)

    assert cancelled(database, job).finished_at == first.finished_at


def test_a_job_that_has_ended_cannot_be_cancelled_any_more(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    worked_off(database, job)
    finished(database, job)

    assert cancelled(database, job).status == "succeeded"
    assert not job_now(database, job).cancel_requested


def test_a_chunk_of_a_cancelled_job_is_not_sent(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    [chunk_id] = chunk_ids(database, job)
    cancelled(database, job)

    with database.begin() as session:
        assert dispatch.dispatchable(session, 10) == []
        assert leases.claim(session, chunk_id, "worker", 60) is None


def test_a_job_of_another_key_can_be_neither_cancelled_nor_deleted(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id)
    other = new_key(database)

    with database.begin() as session:
        with pytest.raises(NotFound):
            jobs.cancel(session, other, job.id)
        with pytest.raises(NotFound):
            jobs.delete(session, other, job.id)
        with pytest.raises(NotFound):
            jobs.get(session, other, job.id)
    assert job_now(database, job).status == "queued"


def test_a_failed_job_says_why_and_keeps_its_results(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3)
    lease = leased(database, job)
    recorded(database, lease, begun(database, lease, 1))
    begun(database, lease, 2)

    with database.begin() as session:
        assert jobs.fail(session, job.id, "no_model", "there is no model x")
        assert not jobs.fail(session, job.id, "again", "again")

    ended = job_now(database, job)
    assert ended.status == "failed"
    assert ended.error == {"code": "no_model", "message": "there is no model x"}
    assert ended.finished_at is not None
    assert item_states(database, job) == ["done", "cancelled", "cancelled"]
    with pytest.raises(LeaseLost):
        recorded(database, lease, [lease.items[1].id])


def test_a_deleted_job_leaves_nothing(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3)
    lease = leased(database, job)
    ids = begun(database, lease)
    recorded(database, lease, ids[:1])

    with database.begin() as session:
        jobs.delete(session, key_id, job.id)

    with database.read() as session:
        for table in (Job, Item, Chunk, Result):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    with pytest.raises(LeaseLost):
        recorded(database, lease, ids[1:])
    with database.begin() as session:
        assert not leases.renew(session, lease)
        assert leases.claim(session, lease.chunk_id, "worker", 60) is None
