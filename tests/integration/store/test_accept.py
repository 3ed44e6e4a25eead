"""Accepting jobs."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select
from sqlmodel import col

from store import jobs
from store.errors import IdempotencyClash, InvalidState, QueueFull
from store.session import Database
from store.tables import Chunk, Idempotency, Item, Job
from tests.integration.store.parts import BLOB, accepted, new_key, pictures, worked_off


def accept_with_key(database: Database, key_id: str, digest: str) -> tuple[str, bool]:
    with database.begin() as session:
        job, created = jobs.accept(
            session, key_id, "solve", pictures(3), chunk_size=2, idempotency=("again", digest)
        )
    return job.id, created


def test_an_accepted_job_is_queued_with_its_pictures_in_order(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id, count=7, chunk_size=3)

    assert (job.status, job.total, job.done, job.failed) == ("queued", 7, 0, 0)
    assert job.started_at is None
    assert job.finished_at is None
    query = select(Item).where(col(Item.job_id) == job.id).order_by(col(Item.id))
    with database.read() as session:
        items = session.scalars(query).all()
    assert [item.name for item in items] == [f"{number}.png" for number in range(7)]
    assert [item.position for item in items] == list(range(7))


def test_chunks_carry_at_most_their_size_in_order(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=7, chunk_size=3)

    sizes = select(func.count(), func.min(Item.position)).where(col(Item.job_id) == job.id)
    with database.read() as session:
        rows = session.execute(sizes.group_by(col(Item.chunk_id)).order_by(col(Item.chunk_id)))
        assert [tuple(row) for row in rows] == [(3, 0), (3, 3), (1, 6)]


@pytest.mark.parametrize(
    ("kind", "queue"),
    [("solve", "solve"), ("evaluate", "solve"), ("import", "maintenance"), ("retrain", "train")],
)
def test_each_kind_of_job_has_its_queue(
    database: Database, key_id: str, kind: str, queue: str
) -> None:
    job = accepted(database, key_id, kind=kind)

    with database.read() as session:
        queues = session.scalars(select(col(Chunk.queue)).where(col(Chunk.job_id) == job.id))
        assert queues.all() == [queue]


def test_a_job_without_pictures_is_refused(database: Database, key_id: str) -> None:
    with database.begin() as session, pytest.raises(InvalidState, match="at least one picture"):
        jobs.accept(session, key_id, "solve", [], chunk_size=2)


def test_nothing_of_a_job_stays_when_its_transaction_fails(database: Database, key_id: str) -> None:
    with database.begin() as session:
        jobs.accept(session, key_id, "solve", pictures(3), chunk_size=2, idempotency=("a", "d"))
        session.rollback()

    with database.read() as session:
        for table in (Job, Item, Chunk, Idempotency):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_the_same_request_finds_its_job_again(database: Database, key_id: str) -> None:
    first, created = accept_with_key(database, key_id, "digest")
    second, created_again = accept_with_key(database, key_id, "digest")

    assert (created, created_again) == (True, False)
    assert first == second


def test_another_request_under_the_same_idempotency_key_is_refused(
    database: Database, key_id: str
) -> None:
    accept_with_key(database, key_id, "digest")

    with pytest.raises(IdempotencyClash, match="'again' was used for another request"):
        accept_with_key(database, key_id, "other digest")


def test_two_callers_may_use_the_same_idempotency_key(database: Database, key_id: str) -> None:
    mine, _ = accept_with_key(database, key_id, "digest")
    theirs, created = accept_with_key(database, new_key(database), "other digest")

    assert created
    assert mine != theirs


def test_a_deleted_job_frees_its_idempotency_key(database: Database, key_id: str) -> None:
    first, _ = accept_with_key(database, key_id, "digest")
    with database.begin() as session:
        jobs.delete(session, key_id, first)

    second, created = accept_with_key(database, key_id, "digest")

    assert created
    assert first != second


def test_fifty_concurrent_requests_make_one_job(database: Database, key_id: str) -> None:
    with ThreadPoolExecutor(10) as threads:
        answers = list(
            threads.map(lambda _: accept_with_key(database, key_id, "digest"), range(50))
        )

    assert len({job_id for job_id, _ in answers}) == 1
    assert [created for _, created in answers].count(True) == 1


def test_concurrent_requests_together_stay_below_the_limit(database: Database, key_id: str) -> None:
    def accept(_: int) -> bool:
        try:
            with database.begin() as session:
                limits = jobs.Limits(per_key=10, in_all=100)
                jobs.accept(session, key_id, "solve", pictures(3), chunk_size=2, limits=limits)
        except QueueFull:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(accept, range(10))) == 3


def test_a_full_queue_of_one_key_refuses_only_that_key(database: Database, key_id: str) -> None:
    limits = jobs.Limits(per_key=4, in_all=100)
    accepted(database, key_id, count=3)

    with database.begin() as session, pytest.raises(QueueFull, match="limit of 4") as refusal:
        jobs.accept(session, key_id, "solve", pictures(2), chunk_size=2, limits=limits)
    assert refusal.value.retry_after > 0
    other = new_key(database)
    with database.begin() as session:
        assert jobs.accept(session, other, "solve", pictures(4), chunk_size=2, limits=limits)[1]


def test_a_full_queue_refuses_every_key(database: Database, key_id: str) -> None:
    other = new_key(database)
    accepted(database, key_id, count=3)
    limits = jobs.Limits(per_key=100, in_all=4)

    with database.begin() as session, pytest.raises(QueueFull, match="in all"):
        jobs.accept(session, other, "solve", pictures(2), chunk_size=2, limits=limits)


def test_what_is_finished_or_cancelled_makes_room(database: Database, key_id: str) -> None:
    worked_off(database, accepted(database, key_id, count=3))
    job = accepted(database, key_id, count=3)
    with database.begin() as session:
        assert jobs.pending(session, key_id) == 3
        jobs.cancel(session, key_id, job.id)
    with database.read() as session:
        assert jobs.pending(session, key_id) == 0
        assert jobs.pending(session) == 0


def test_a_name_that_a_database_cannot_keep_is_mended(database: Database, key_id: str) -> None:
    items = [jobs.NewItem("a\x00b\ud800.png", BLOB)]
    with database.begin() as session:
        job, _ = jobs.accept(session, key_id, "solve", items, chunk_size=2)
        name = jobs.item(session, key_id, job.id, 0).name

    assert name == "a\N{REPLACEMENT CHARACTER}b?.png"


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_ten_thousand_pictures_take_few_statements(database: Database, key_id: str) -> None:
    with counted_statements(database) as statements:
        job = accepted(database, key_id, count=10_000, chunk_size=32)

    assert job.total == 10_000
    assert len(statements) < 20
