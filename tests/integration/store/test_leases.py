"""Leases: claim, renew, begin, record, close, release."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import update

from store import dispatch, expiry, leases
from store.clock import now
from store.errors import LeaseLost
from store.session import Database
from store.tables import Chunk
from tests.integration.store.parts import (
    LONG_AGO,
    accepted,
    begun,
    chunk_ids,
    claimed,
    closed,
    crashed,
    finished,
    item_states,
    job_now,
    lapse,
    leased,
    make_due,
    recorded,
    results_of,
)


def chunk_of(database: Database, lease: leases.Lease) -> Chunk:
    with database.read() as session:
        return session.get_one(Chunk, lease.chunk_id)


def test_a_claim_gives_the_pictures_in_order_and_starts_the_job(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id, count=3)

    lease = leased(database, job)

    assert [item.position for item in lease.items] == [0, 1, 2]
    assert [item.name for item in lease.items] == ["0.png", "1.png", "2.png"]
    assert (lease.job.id, lease.isolated, lease.queue) == (job.id, False, "solve")
    started = job_now(database, job)
    assert started.status == "running"
    assert started.started_at is not None


def test_the_first_claim_alone_sets_the_start(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3, chunk_size=1)
    leased(database, job)
    started = job_now(database, job).started_at

    leased(database, job)

    assert job_now(database, job).started_at == started


def test_a_leased_chunk_cannot_be_claimed(database: Database, key_id: str) -> None:
    lease = leased(database, accepted(database, key_id))

    with database.begin() as session:
        assert leases.claim(session, lease.chunk_id, "other", 60) is None


def test_of_many_concurrent_claims_one_wins(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    [chunk_id] = chunk_ids(database, job)

    def claim(number: int) -> bool:
        with database.begin() as session:
            return leases.claim(session, chunk_id, f"worker {number}", 60) is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claim, range(16))) == 1


def test_a_chunk_that_is_not_there_cannot_be_claimed(database: Database) -> None:
    with database.begin() as session:
        assert leases.claim(session, 4711, "worker", 60) is None


def test_a_chunk_waits_until_it_is_available(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    [chunk_id] = chunk_ids(database, job)
    with database.begin() as session:
        later = now(session) + timedelta(hours=1)
        session.execute(update(Chunk).values(available_at=later))
        assert leases.claim(session, chunk_id, "worker", 60) is None
        assert dispatch.dispatchable(session, 10) == []

    make_due(database)
    assert claimed(database, chunk_id).chunk_id == chunk_id


def test_an_expired_lease_can_be_claimed_by_another_worker(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3)
    old = leased(database, job)
    begun(database, old, 1)
    lapse(database, old)

    new = claimed(database, old.chunk_id)

    assert [item.position for item in new.items] == [1, 2]
    assert new.token != old.token


def test_a_stale_worker_can_write_nothing(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    stale = leased(database, job)
    ids = begun(database, stale)
    crashed(database, stale)

    with pytest.raises(LeaseLost):
        recorded(database, stale, ids)
    with pytest.raises(LeaseLost):
        begun(database, stale)
    with pytest.raises(LeaseLost):
        closed(database, stale)
    with database.begin() as session:
        assert not leases.renew(session, stale)
    with database.read() as session:
        assert results_of(session, job) == []
    assert job_now(database, job).done == 0


def test_a_renewed_lease_does_not_expire(database: Database, key_id: str) -> None:
    lease = leased(database, accepted(database, key_id))
    lapse(database, lease)

    with database.begin() as session:
        assert leases.renew(session, lease)
        assert expiry.expire(session) == 0


def test_results_and_progress_are_visible_at_once(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3)
    lease = leased(database, job)
    first, second = begun(database, lease, 2)
    results = [
        leases.NewResult(
            first, tile=4, point=(712.5, 88.0), digit=3, confidence=0.987, seen={"tiles": [1]}
        ),
        leases.NewResult(second, error_code="truncated", error_message="cut\x00off"),
    ]

    with database.begin() as session:
        assert leases.record(session, lease, results) == 2

    progress = job_now(database, job)
    assert (progress.status, progress.done, progress.failed) == ("running", 2, 1)
    with database.read() as session:
        good, bad = results_of(session, job)
        assert (good.image, good.tile, good.x, good.y, good.digit) == ("0.png", 4, 712.5, 88.0, 3)
        assert good.seen == {"tiles": [1]}
        assert bad.seen is None
        assert (bad.error_code, bad.error_message) == (
            "truncated",
            "cut\N{REPLACEMENT CHARACTER}off",
        )


def test_a_result_is_recorded_once(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    lease = leased(database, job)
    ids = begun(database, lease)

    assert recorded(database, lease, ids + ids[:1]) == 3
    assert recorded(database, lease, ids) == 0
    assert job_now(database, job).done == 3


def test_a_picture_that_was_not_begun_gets_no_result(database: Database, key_id: str) -> None:
    lease = leased(database, accepted(database, key_id))

    assert recorded(database, lease, [lease.items[0].id]) == 0


def test_a_lease_reaches_only_its_own_pictures(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=2, chunk_size=1)
    mine = leased(database, job)
    theirs = leased(database, job)
    [foreign] = begun(database, theirs)

    with database.begin() as session:
        assert leases.begin(session, mine, [foreign]) == []
    assert recorded(database, mine, [foreign]) == 0


def test_a_chunk_is_done_when_all_its_pictures_have_results(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id)
    lease = leased(database, job)
    recorded(database, lease, begun(database, lease))

    closed(database, lease)

    chunk = chunk_of(database, lease)
    assert (chunk.state, chunk.token, chunk.lease_until) == ("done", None, None)
    assert finished(database, job)
    assert not finished(database, job)
    assert job_now(database, job).status == "succeeded"


def test_a_chunk_closed_early_is_ready_for_the_rest(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    lease = leased(database, job)
    recorded(database, lease, begun(database, lease, 1))

    closed(database, lease)

    assert chunk_of(database, lease).state == "ready"
    assert not finished(database, job)
    assert [item.position for item in leased(database, job).items] == [1, 2]


def test_a_released_chunk_waits_its_delay_and_blames_nobody(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id)
    lease = leased(database, job)
    begun(database, lease)

    with database.begin() as session:
        leases.release(session, lease, delay=3600)
        assert leases.claim(session, lease.chunk_id, "other", 60) is None

    assert item_states(database, job) == ["pending"] * 3
    make_due(database)
    assert [item.attempts for item in claimed(database, lease.chunk_id).items] == [0, 0, 0]


def test_a_blamed_release_isolates_what_was_in_flight(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    lease = leased(database, job)
    begun(database, lease, 1)

    with database.begin() as session:
        leases.release(session, lease, blamed=True)

    rest, alone = chunk_ids(database, job)
    make_due(database)
    assert [item.position for item in claimed(database, rest).items] == [1, 2]
    isolated = claimed(database, alone)
    assert isolated.isolated
    assert isolated.queue == "isolated"
    assert [(item.position, item.attempts) for item in isolated.items] == [(0, 1)]


def test_a_lease_ends_by_the_clock_of_the_database(database: Database, key_id: str) -> None:
    lease = leased(database, accepted(database, key_id))

    with database.read() as session:
        chunk = session.get_one(Chunk, lease.chunk_id)
        assert chunk.lease_until is not None
        left = chunk.lease_until - now(session)
    assert timedelta(seconds=30) < left <= timedelta(seconds=60)
    assert chunk.lease_until > LONG_AGO
