"""Whose turn it is: fair shares between keys, between jobs of a key, and by priority."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest

from store import jobs, keys, leases, turns
from store.session import Database
from store.states import Priority
from store.tables import Job
from tests.integration.store.parts import begun, chunk_ids, closed, pictures, recorded

CHUNK = 10


def submitted(
    database: Database, key_id: str, count: int, priority: Priority = Priority.NORMAL
) -> Job:
    with database.begin() as session:
        job, _ = jobs.accept(
            session, key_id, "solve", pictures(count), chunk_size=CHUNK, priority=priority
        )
    return job


def other_key(database: Database) -> str:
    with database.begin() as session:
        return keys.create(session, "other", ["submit"])[0].id


def served(database: Database, message: int) -> Iterator[str]:
    """The jobs that a single worker takes chunks of, one after the other, whatever it is sent."""
    while (lease := taken(database, message)) is not None:
        yield lease.job.id
        recorded(database, lease, begun(database, lease))
        closed(database, lease)


def taken(database: Database, message: int) -> leases.Lease | None:
    with database.begin() as session:
        return leases.claim(session, turns.instead_of(session, message), "worker", 60)


def first(database: Database, message: int, count: int) -> Counter[str]:
    """How many of the next chunks go to each job."""
    order = served(database, message)
    return Counter(next(order) for _ in range(count))


def test_a_small_job_of_another_key_does_not_wait_behind_a_large_one(
    database: Database, key_id: str
) -> None:
    large = submitted(database, key_id, 5_000)
    [message, *_] = chunk_ids(database, large)
    assert first(database, message, 3) == {large.id: 3}
    small = submitted(database, other_key(database), 5)
    assert small.id in first(database, message, 2)


def test_a_small_job_of_the_same_key_does_not_wait_behind_a_large_one(
    database: Database, key_id: str
) -> None:
    large = submitted(database, key_id, 5_000)
    [message, *_] = chunk_ids(database, large)
    small = submitted(database, key_id, 5)
    assert small.id in first(database, message, 3)


def test_many_jobs_of_one_key_get_no_more_than_one_job_of_another(
    database: Database, key_id: str
) -> None:
    many = [submitted(database, key_id, CHUNK) for _ in range(40)]
    one = submitted(database, other_key(database), 40 * CHUNK)
    got = first(database, chunk_ids(database, one)[0], 40)
    assert abs(got[one.id] - 20) <= 1
    assert sum(got[job.id] for job in many) == 40 - got[one.id]


def test_two_jobs_of_equal_priority_share_alike_and_are_both_done_at_the_end(
    database: Database, key_id: str
) -> None:
    one, other = (submitted(database, key_id, 20 * CHUNK) for _ in range(2))
    [message, *_] = chunk_ids(database, one)
    assert first(database, message, 20)[other.id] >= 6
    assert not set(served(database, message)) - {one.id, other.id}
    assert not chunk_ids(database, one) + chunk_ids(database, other)


def test_priorities_are_shares_and_not_an_order(database: Database, key_id: str) -> None:
    others = [other_key(database) for _ in range(2)]
    low = submitted(database, key_id, 50 * CHUNK, Priority.LOW)
    normal = submitted(database, others[0], 50 * CHUNK)
    high = submitted(database, others[1], 50 * CHUNK, Priority.HIGH)
    got = first(database, chunk_ids(database, low)[0], 42)
    fair = {low.id: 2, normal.id: 8, high.id: 32}
    assert all(abs(got[job_id] - share) <= 1 for job_id, share in fair.items())


def test_whatever_keeps_coming_does_not_starve_who_waits(database: Database, key_id: str) -> None:
    low = submitted(database, key_id, CHUNK, Priority.LOW)
    [message] = chunk_ids(database, low)
    other = other_key(database)
    submitted(database, other, CHUNK, Priority.HIGH)
    for job_id in islice(served(database, message), 17):
        if job_id == low.id:
            return
        submitted(database, other, CHUNK, Priority.HIGH)
    pytest.fail("17 chunks of others came before")


def test_an_old_chunk_that_is_given_back_lets_nobody_new_get_before_all_others(
    database: Database, key_id: str
) -> None:
    old = submitted(database, key_id, 100 * CHUNK)
    lease = taken(database, chunk_ids(database, old)[0])
    assert lease is not None
    [message, *_] = chunk_ids(database, old)
    first(database, message, 50)
    closed(database, lease)
    new = submitted(database, other_key(database), 100 * CHUNK)
    assert first(database, message, 20)[old.id] >= 9
    assert chunk_ids(database, new)


def test_a_message_for_a_chunk_that_is_done_or_gone_is_harmless(
    database: Database, key_id: str
) -> None:
    job = submitted(database, key_id, CHUNK)
    [message] = chunk_ids(database, job)
    assert list(served(database, message)) == [job.id]
    assert taken(database, message) is None
    assert taken(database, 987_654_321) is None


def test_a_message_of_one_queue_takes_nothing_from_another(database: Database, key_id: str) -> None:
    solve = submitted(database, key_id, CHUNK)
    with database.begin() as session:
        check, _ = jobs.accept(session, key_id, "import", pictures(1), chunk_size=1)
    [message] = chunk_ids(database, check)
    assert list(served(database, message)) == [check.id]
    assert chunk_ids(database, solve)
