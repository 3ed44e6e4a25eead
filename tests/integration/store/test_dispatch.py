"""The outbox: which chunks a message is due for."""

from sqlmodel import col, update

from store import dispatch
from store.session import Database
from store.tables import Chunk
from tests.integration.store.parts import LONG_AGO, accepted, chunk_ids, leased

#: Seconds that a message has to be taken up: longer than a test takes.
WHILE = 3600.0


def due(database: Database, **narrowed: str) -> list[int]:
    with database.begin() as session:
        found = dispatch.dispatchable(session, 100, republish_after=WHILE, **narrowed)
    return [chunk_id for chunk_id, _ in found]


def sent(database: Database, ids: list[int]) -> None:
    with database.begin() as session:
        dispatch.mark_published(session, ids)


def test_a_new_jobs_chunks_are_due_in_order_with_their_queue(
    database: Database, key_id: str
) -> None:
    job = accepted(database, key_id, count=3, chunk_size=1)

    with database.begin() as session:
        found = dispatch.dispatchable(session, 2)

    assert found == [(chunk_id, "solve") for chunk_id in chunk_ids(database, job)[:2]]


def test_due_chunks_can_be_narrowed_to_a_job_or_a_queue(database: Database, key_id: str) -> None:
    mine, other = accepted(database, key_id), accepted(database, key_id, kind="import")

    assert due(database, job_id=mine.id) == chunk_ids(database, mine)
    assert due(database, queue="maintenance") == chunk_ids(database, other)


def test_what_was_sent_is_not_due_again_for_a_while(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, count=3, chunk_size=1)
    first, *others = chunk_ids(database, job)
    sent(database, [first])

    assert due(database) == others
    with database.begin() as session:
        session.execute(update(Chunk).where(col(Chunk.id) == first).values(published_at=LONG_AGO))
    # What was never sent comes first.
    assert due(database) == [*others, first]


def test_what_could_not_be_sent_is_due_at_once(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    sent(database, chunk_ids(database, job))

    with database.begin() as session:
        dispatch.unmark_published(session, chunk_ids(database, job))

    assert due(database) == chunk_ids(database, job)


def test_a_leased_chunk_is_not_due(database: Database, key_id: str) -> None:
    leased(database, accepted(database, key_id))

    assert due(database) == []
    sent(database, [])


def test_chunks_that_a_worker_could_take_are_counted_by_queue(
    database: Database, key_id: str
) -> None:
    accepted(database, key_id, count=3, chunk_size=1)
    leased(database, accepted(database, key_id, kind="import"))

    with database.read() as session:
        assert dispatch.ready_counts(session) == {"solve": 3}


def test_two_dispatchers_at_once_send_different_chunks(
    postgresql_database: Database, postgresql_key: str
) -> None:
    job = accepted(postgresql_database, postgresql_key, count=4, chunk_size=1)

    with postgresql_database.begin() as one, postgresql_database.begin() as other:
        first = dispatch.dispatchable(one, 2)
        second = dispatch.dispatchable(other, 4)

    found = [chunk_id for chunk_id, _ in first + second]
    assert found == chunk_ids(postgresql_database, job)
