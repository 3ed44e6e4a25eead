"""Leases that ran out, and pictures that kill their workers."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from store import expiry, jobs, leases
from store.errors import InvalidState, NotFound
from store.locks import lock_job
from store.session import Database
from store.tables import Chunk
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
    quarantined,
    recorded,
    results_of,
    worked_off,
)


def test_what_is_not_overdue_is_left_alone(database: Database, key_id: str) -> None:
    leased(database, accepted(database, key_id))

    with database.begin() as session:
        assert expiry.expire(session) == 0


def test_what_was_in_flight_goes_into_chunks_of_its_own(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=4)
    lease = leased(database, job)
    begun(database, lease, 2)

    crashed(database, lease)

    query = select(Chunk).where(col(Chunk.job_id) == job.id).order_by(col(Chunk.id))
    with database.read() as session:
        rest, *alone = session.scalars(query).all()
    assert (rest.state, rest.queue, rest.attempts) == ("ready", "solve", 1)
    assert [(chunk.queue, chunk.isolated) for chunk in alone] == [("isolated", True)] * 2
    assert all(chunk.available_at > rest.available_at for chunk in alone)
    assert item_states(database, job) == ["pending"] * 4


def test_a_chunk_with_all_in_flight_is_done_when_its_worker_dies(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id, count=1)
    lease = leased(database, job)
    begun(database, lease)

    crashed(database, lease)

    assert chunk_ids(database, job, "done") == [lease.chunk_id]
    assert len(chunk_ids(database, job)) == 1


def test_a_picture_that_kills_three_workers_is_quarantined_and_the_job_ends(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id, count=3)

    quarantined(database, job)

    assert item_states(database, job) == ["quarantined", "pending", "pending"]
    worked_off(database, job)
    assert finished(database, job)
    ended = job_now(database, job)
    assert (ended.status, ended.done, ended.failed) == ("succeeded", 3, 1)
    with database.read() as session:
        first, *others = results_of(session, job)
    assert first.error_code == "quarantined"
    assert first.error_message is not None
    assert "3 workers" in first.error_message
    assert all(result.error_code is None for result in others)


def test_a_worker_that_dies_before_its_first_picture_costs_no_attempt(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id)

    crashed(database, leased(database, job))

    assert [item.attempts for item in leased(database, job).items] == [0, 0, 0]


def test_a_chunk_on_which_workers_always_die_at_once_still_ends(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id, count=2)

    for _ in range(expiry.MAX_IDLE_ATTEMPTS):
        crashed(database, leased(database, job))
    while chunk_ids(database, job):
        crashed(database, leased(database, job))

    assert item_states(database, job) == ["quarantined"] * 2
    assert finished(database, job)


def test_the_lease_of_a_dead_holder_lapses_at_once(database: Database, key_id: str) -> None:
    leased(database, accepted(database, key_id))

    with database.begin() as session:
        assert not expiry.lapse(session, "somebody else")
        assert expiry.expire(session) == 0
        assert expiry.lapse(session, "worker")
        assert expiry.expire(session) == 1
        assert not expiry.lapse(session, "worker")


def test_many_overdue_leases_are_taken_back_in_portions(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=5, chunk_size=1)
    for chunk_id in chunk_ids(database, job):
        with database.begin() as session:
            leases.claim(session, chunk_id, "worker", -1)

    with database.begin() as session:
        assert expiry.expire(session, limit=3) == 3
    with database.begin() as session:
        assert expiry.expire(session, limit=3) == 2


def test_a_job_that_somebody_keeps_locked_holds_up_no_other(
    postgresql_database: Database, postgresql_key: str
) -> None:
    held, overdue, over = (accepted(postgresql_database, postgresql_key) for _ in range(3))
    for job in (held, overdue):
        lapse(postgresql_database, leased(postgresql_database, job))
    worked_off(postgresql_database, over)

    with postgresql_database.begin() as operator:
        lock_job(operator, held.id)
        with postgresql_database.begin() as session:
            assert expiry.expire(session) == 1
            assert jobs.finish_ready(session) == [over.id]

    with postgresql_database.begin() as session:
        assert expiry.expire(session) == 1


def test_an_operator_can_release_a_quarantined_picture(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=2)
    quarantined(database, job)
    worked_off(database, job)
    finished(database, job)

    with database.begin() as session:
        assert jobs.release_quarantined(session, job.id) == 1

    again = job_now(database, job)
    assert (again.status, again.finished_at, again.done, again.failed) == ("running", None, 1, 0)
    worked_off(database, job)
    assert finished(database, job)
    ended = job_now(database, job)
    assert (ended.status, ended.done, ended.failed) == ("succeeded", 2, 0)
    with database.read() as session:
        assert [result.error_code for result in results_of(session, job)] == [None, None]


def test_a_released_picture_may_be_quarantined_again(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=1)
    quarantined(database, job)
    with database.begin() as session:
        jobs.release_quarantined(session, job.id)

    quarantined(database, job)

    assert item_states(database, job) == ["quarantined"]
    assert job_now(database, job).failed == 1


def test_only_solve_jobs_are_opened_again(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=1, kind="evaluate")
    quarantined(database, job)
    finished(database, job)

    with database.begin() as session, pytest.raises(InvalidState, match="evaluate job"):
        jobs.release_quarantined(session, job.id)


def test_a_job_without_quarantined_pictures_stays_ended(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    worked_off(database, job)
    finished(database, job)

    with database.begin() as session:
        assert jobs.release_quarantined(session, job.id) == 0
    assert job_now(database, job).status == "succeeded"


def test_pictures_of_a_job_that_is_gone_cannot_be_released(database: Database) -> None:
    with database.begin() as session, pytest.raises(NotFound):
        jobs.release_quarantined(session, "0" * 32)


def test_work_goes_on_after_a_crash(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=4)
    lease = leased(database, job)
    recorded(database, lease, begun(database, lease, 2))
    crashed(database, lease)

    lease = leased(database, job)
    assert [item.position for item in lease.items] == [2, 3]
    recorded(database, lease, begun(database, lease))
    closed(database, lease)
    assert finished(database, job)
