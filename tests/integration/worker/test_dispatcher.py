"""The dispatcher's rounds, on both databases and a real broker."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update
from sqlmodel import col

from store import broker, dispatch, jobs, keys, leases
from store.blobs import Blobs
from store.broker import Publisher
from store.jobs import NewItem
from store.queues import SOLVE
from store.session import Database, open_database
from store.tables import Item
from tests.servers import Postgres, Valkey, wait_until
from worker.dispatcher import Dispatcher

CHUNKS = 12


@pytest.fixture
def dispatcher(database: Database, broker_url: str, blobs: Blobs) -> Dispatcher:
    """A dispatcher over a job of twelve chunks."""
    with database.begin() as session:
        key, _ = keys.create(session, "tests", ["admin"])
        items = [NewItem(f"{n}.png", blobs.put(b"picture")) for n in range(CHUNKS)]
        jobs.accept(session, key.id, "solve", items, chunk_size=1)
    return another(database, broker_url)


def another(database: Database, broker_url: str) -> Dispatcher:
    """A dispatcher with a connection of its own."""
    return Dispatcher(database, Publisher(broker_url))


def test_every_ready_chunk_is_sent_once(dispatcher: Dispatcher) -> None:
    assert dispatcher.dispatch() == CHUNKS
    assert dispatcher.dispatch() == 0
    assert dispatcher.publisher.queue_length(SOLVE) == CHUNKS


def test_dispatchers_beside_each_other_send_a_message_a_chunk(
    dispatcher: Dispatcher, database: Database, broker_url: str
) -> None:
    beside = [dispatcher, *(another(database, broker_url) for _ in range(3))]
    with ThreadPoolExecutor(len(beside)) as pool:
        sent = list(pool.map(lambda one: one.dispatch(), beside))
    assert sum(sent) == CHUNKS
    assert dispatcher.publisher.queue_length(SOLVE) == CHUNKS


def test_nothing_is_sent_while_the_queue_holds_enough(
    dispatcher: Dispatcher, database: Database
) -> None:
    dispatcher.dispatch()
    with database.begin() as session:
        # As if every message had been sent long ago.
        dispatch.unmark_published(session, list(range(1, CHUNKS + 1)))
    assert dispatcher.dispatch() == 0


def test_a_broker_that_is_away_is_waited_for(dispatcher: Dispatcher, valkey: Valkey) -> None:
    valkey.kill()
    assert dispatcher.dispatch() == 0
    valkey.start()
    dispatcher.publisher = Publisher(valkey.url)
    assert dispatcher.dispatch() == CHUNKS


def test_the_sweeper_ends_a_job_whose_last_worker_died_before_it_did(
    dispatcher: Dispatcher, database: Database
) -> None:
    with database.begin() as session:
        ready = dispatch.dispatchable(session, 100)
        for chunk_id, _ in ready:
            lease = leases.claim(session, chunk_id, "dead", 30)
            assert lease is not None
            leases.begin(session, lease, [item.id for item in lease.items])
            leases.record(session, lease, [leases.NewResult(item.id) for item in lease.items])
    ended = dispatcher.finish()
    assert len(ended) == 1
    assert dispatcher.finish() == []


def test_a_frozen_broker_keeps_no_job_from_its_end(
    dispatcher: Dispatcher, database: Database, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker, "SOCKET_SECONDS", 0.5)
    dispatcher.publisher = Publisher(valkey.url)
    dispatcher.dispatch()
    with database.begin() as session:
        key, _ = keys.create(session, "more", ["admin"])
        waits, ends = (
            jobs.accept(session, key.id, kind, [NewItem("1.png", "0" * 64)], chunk_size=1)[0].id
            for kind in ("evaluate", "solve")
        )
        session.execute(
            update(Item).where(col(Item.job_id).in_((waits, ends))).values(state="done")
        )

    valkey.freeze()

    assert dispatcher.finish() == [ends]
    valkey.thaw()


class OneRound(threading.Event):
    """Stops the loop after its first round."""

    def wait(self, timeout: float | None = None) -> bool:
        stopped = self.is_set()
        self.set()
        return stopped


def test_an_outage_of_the_database_is_nobody_s_silence(
    postgres: Postgres, postgresql_url: str, broker_url: str, blobs: Blobs
) -> None:
    database = open_database(postgresql_url)
    with database.begin() as session:
        key, _ = keys.create(session, "tests", ["admin"])
        items = [NewItem("1.png", blobs.put(b"picture"))]
        job, _ = jobs.accept(session, key.id, "solve", items, chunk_size=1)
        [(chunk_id, _)] = dispatch.dispatchable(session, 1, job_id=job.id)
        lease = leases.claim(session, chunk_id, "holder", 0.01)
    assert lease is not None
    dispatcher = another(database, broker_url)

    postgres.kill()
    dispatcher.run(OneRound())
    postgres.start()

    assert dispatcher.sweep() == 0
    with database.begin() as session:
        assert leases.renew(session, lease)
    dispatcher.lease_seconds = 0.0
    wait_until(lambda: dispatcher.sweep() == 1, "the end of the lease")
    database.dispose()
