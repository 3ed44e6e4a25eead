"""A clock that was set back, on both databases."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from store import dispatch, setback
from store.clock import now
from store.session import Database
from store.tables import Chunk
from tests.integration.store.parts import accepted, chunk_ids, claimed

HOUR = timedelta(hours=1)
LEASE = 20.0


def chunk(database: Database, chunk_id: int) -> Chunk:
    with database.read() as session:
        return session.get_one(Chunk, chunk_id)


def brought_forward(database: Database) -> None:
    with database.begin() as session:
        setback.bring_forward(session, LEASE)


def test_a_lease_from_a_later_clock_ends_one_lease_from_now(
    database: Database, key_id: str
) -> None:
    [chunk_id] = chunk_ids(database, accepted(database, key_id, count=2))
    lease = claimed(database, chunk_id)
    with database.begin() as session:
        moment = now(session)
        session.execute(update(Chunk).values(lease_until=moment + HOUR))

    brought_forward(database)

    found = chunk(database, chunk_id)
    assert found.token == lease.token
    assert found.lease_until is not None
    assert moment < found.lease_until < moment + timedelta(seconds=2 * LEASE)


def test_what_waits_for_an_hour_to_come_again_is_due_at_once(
    database: Database, key_id: str
) -> None:
    [chunk_id] = chunk_ids(database, accepted(database, key_id, count=2))
    with database.begin() as session:
        later = now(session) + HOUR
        session.execute(update(Chunk).values(available_at=later, published_at=later))
        assert dispatch.dispatchable(session, 10) == []

    brought_forward(database)

    with database.begin() as session:
        assert [found for found, _ in dispatch.dispatchable(session, 10)] == [chunk_id]
    claimed(database, chunk_id)


def test_times_that_can_be_right_are_left_alone(database: Database, key_id: str) -> None:
    held, waits = chunk_ids(database, accepted(database, key_id, 4, 2))
    claimed(database, held)
    with database.begin() as session:
        soon = now(session) + timedelta(seconds=20)
        change = update(Chunk).where(col(Chunk.id) == waits).values(available_at=soon)
        session.execute(change.values(published_at=now(session)))
    before = [chunk(database, held), chunk(database, waits)]

    brought_forward(database)

    assert [chunk(database, held), chunk(database, waits)] == before
