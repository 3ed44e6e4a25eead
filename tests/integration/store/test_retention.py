"""What the sweeper removes, and what it leaves."""

import os
import time
from pathlib import Path

import pytest
from sqlmodel import col, update

from store import datasets, evaluations, jobs, models, results, retention
from store.blobs import Blobs
from store.errors import NotFound
from store.session import Database
from store.tables import Evaluation, Job, Result
from tests.integration.store.parts import LONG_AGO, accepted, finished, worked_off

LONG = 3 * retention.GRACE_SECONDS


def aged(database: Database, job: Job) -> None:
    with database.begin() as session:
        session.execute(update(Job).where(col(Job.id) == job.id).values(finished_at=LONG_AGO))


def age_blobs(folder: Path) -> None:
    long_ago = time.time() - LONG
    for path in folder.rglob("*"):
        os.utime(path, (long_ago, long_ago))


def test_old_jobs_go_and_the_rest_stays(database: Database, key_id: str) -> None:
    old, young, running = (accepted(database, key_id) for _ in range(3))
    for job in (old, young):
        worked_off(database, job)
        finished(database, job)
    aged(database, old)
    with database.begin() as session:
        evaluations.add(
            session,
            key_id=key_id,
            job_id=old.id,
            model="m@1",
            dataset=None,
            metrics={"accuracy": 1.0, "scored": 3},
        )

    with database.begin() as session:
        assert retention.expire_jobs(session, 30) == [old.id]
        assert retention.expire_jobs(session, 30) == []

    with database.read() as session:
        assert {job.id for job in jobs.page(session, None, 9).items} == {young.id, running.id}
        assert len(evaluations.page(session, key_id, 9).items) == 1


def test_the_pictures_of_old_jobs_go_some_at_a_time(database: Database, key_id: str) -> None:
    old, young = (accepted(database, key_id) for _ in range(2))
    for job in (old, young):
        worked_off(database, job)
        finished(database, job)
    aged(database, old)

    with database.begin() as session:
        gone = [retention.expire_pictures(session, 30, old.total - 1) for _ in range(3)]
        assert gone == [old.total - 1, 1, 0]
        assert results.page(session, old.id, 9).items == []
        assert len(results.page(session, young.id, 9).items) == young.total
        assert retention.expire_jobs(session, 30) == [old.id]


def test_zero_days_keep_everything(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    worked_off(database, job)
    finished(database, job)
    aged(database, job)

    with database.begin() as session:
        assert retention.expire_pictures(session, 0) == 0
        assert retention.expire_jobs(session, 0) == []


def test_only_old_blobs_that_nothing_refers_to_are_removed(
    database: Database, key_id: str, blobs: Blobs, tmp_path: Path
) -> None:
    names = (b"item", b"copy", b"image", b"labels", b"model", b"outcomes", b"orphan")
    item, copy, image, labels, model, outcomes, orphan = (blobs.put(name) for name in names)
    with database.begin() as session:
        job, _ = jobs.accept(session, key_id, "solve", [jobs.NewItem("a", item)], chunk_size=1)
        datasets.create(session, key_id, "d", "v", labels, [datasets.NewImage("a", image)])
        models.register(session, "m@1", "m", blob=model)
        evaluations.add(
            session, key_id=None, job_id=None, model="m@1", dataset=None, metrics={"scored": 0}
        )
        session.execute(update(Evaluation).values(outcomes=outcomes))
    worked_off(database, job)
    with database.begin() as session:
        session.execute(update(Result).values(thumbnail=copy))
    age_blobs(tmp_path / "blobs")
    young = blobs.put(b"young")

    assert retention.sweep_blobs(database, blobs) == [orphan]
    assert retention.sweep_blobs(database, blobs) == []
    assert all(blobs.exists(sha) for sha in (item, copy, image, labels, model, outcomes, young))
    with database.begin() as session:
        jobs.delete(session, key_id, job.id)
    assert set(retention.sweep_blobs(database, blobs)) == {item, copy}


def test_the_blobs_of_a_deleted_job_go_with_the_sweeper(
    database: Database, key_id: str, blobs: Blobs, tmp_path: Path
) -> None:
    shared, lone = blobs.put(b"shared"), blobs.put(b"lone")
    with database.begin() as session:
        for names in ([shared], [shared, lone]):
            items = [jobs.NewItem("a", sha) for sha in names]
            job, _ = jobs.accept(session, key_id, "solve", items, chunk_size=1)
    with database.begin() as session:
        jobs.delete(session, key_id, job.id)
    age_blobs(tmp_path / "blobs")

    assert retention.sweep_blobs(database, blobs) == [lone]
    assert blobs.exists(shared)


def test_a_blob_that_is_stored_again_is_not_removed(
    database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    blobs.put(b"again")
    age_blobs(tmp_path / "blobs")

    sha = blobs.put(b"again")

    assert retention.sweep_blobs(database, blobs) == []
    assert blobs.get(sha) == b"again"


def test_a_swept_store_of_nothing_stays_empty(database: Database, blobs: Blobs) -> None:
    assert retention.sweep_blobs(database, blobs) == []


def test_a_job_that_expired_is_not_found(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    worked_off(database, job)
    finished(database, job)
    aged(database, job)
    with database.begin() as session:
        retention.expire_jobs(session, 1)

    with database.read() as session, pytest.raises(NotFound, match=job.id):
        jobs.get(session, key_id, job.id)
