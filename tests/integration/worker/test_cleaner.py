"""What is past its time goes, and nothing waits for that, on both databases."""

import errno
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from store import jobs, keys
from store.blobs import Blobs
from store.broker import Publisher
from store.jobs import NewItem
from store.queues import SOLVE
from store.session import Database
from store.tables import Job
from tests.servers import PATIENCE, wait_until
from worker.beat import beside
from worker.cleaner import Cleaner
from worker.dispatcher import Dispatcher


class SlowBlobs(Blobs):
    """A folder of blobs that takes as long to list as a test wants."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked, self.answering = threading.Event(), threading.Event()

    def older_than(self, before: datetime, batch: int = 500) -> Iterator[list[str]]:
        """List blobs, some day."""
        self.asked.set()
        self.answering.wait()
        return super().older_than(before, batch)


def accepted(database: Database, blob: str) -> str:
    """Take on a job of one picture."""
    with database.begin() as session:
        key, _ = keys.create(session, "tests", ["submit"])
        items = [NewItem("1.png", blob)]
        return jobs.accept(session, key.id, "solve", items, chunk_size=1)[0].id


def test_a_long_sweep_over_blobs_holds_no_job_up(
    database: Database, broker_url: str, tmp_path: Path
) -> None:
    blobs, publisher, stop = SlowBlobs(str(tmp_path)), Publisher(broker_url), threading.Event()
    dispatcher = Dispatcher(database, publisher)
    threads = beside(Cleaner(database, blobs, 30).run, dispatcher.run, stop=stop)
    try:
        assert blobs.asked.wait(PATIENCE)
        accepted(database, blobs.put(b"picture"))
        wait_until(lambda: publisher.queue_length(SOLVE) == 1, "sending")
    finally:
        blobs.answering.set()
        stop.set()
        # One that finds its database gone would end this process.
        for thread in threads:
            thread.join()


class BrokenBlobs(Blobs):
    """A folder of blobs on a disk that fails."""

    def older_than(self, before: datetime, batch: int = 500) -> Iterator[list[str]]:
        """List nothing."""
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_broken_disk_is_tried_again_and_ends_no_loop(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        loop = thread.submit(Cleaner(database, BrokenBlobs(str(tmp_path)), 30).run, stop)
        try:
            wait_until(lambda: loop.done() or "Input/output error" in caplog.text, "the warning")
        finally:
            stop.set()
        loop.result()


def test_old_jobs_go_and_what_somebody_is_about_to_refer_to_stays(
    database: Database, tmp_path: Path
) -> None:
    blobs = Blobs(str(tmp_path))
    young = blobs.put(b"somebody is about to refer to this")
    accepted(database, young)
    long_ago = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    with database.begin() as session:
        session.execute(update(Job).values(status="succeeded", finished_at=long_ago))

    Cleaner(database, blobs, 30).clean()

    with database.read() as session:
        assert jobs.page(session, None, 10).items == []
    assert blobs.exists(young)


def test_the_pictures_of_a_deleted_job_are_gone_after_two_hours(
    database: Database, tmp_path: Path
) -> None:
    blobs = Blobs(str(tmp_path))
    sha = blobs.put(b"a picture that was sent two hours ago")
    job_id = accepted(database, sha)
    with database.begin() as session:
        jobs.delete(session, None, job_id)
    long_ago = time.time() - 2 * 3601
    for path in tmp_path.rglob(sha):
        os.utime(path, (long_ago, long_ago))

    Cleaner(database, blobs, 30).clean()

    assert not blobs.exists(sha)
