"""What a device without room does to a job, on both databases."""

from store import dispatch, jobs, results
from store.blobs import Blobs
from store.jobs import NewItem
from store.session import Database
from store.settings import Settings
from tests.integration.worker.case import Case


def test_pictures_that_a_device_has_no_room_for_wait_without_blame(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    case = Case(settings, database, blobs)
    with database.begin() as session:
        items = [NewItem(f"{n}.png", blobs.put(b"full %d" % n)) for n in range(3)]
        job, _ = jobs.accept(session, case.key_id, "solve", items, chunk_size=3)
    case.work()
    with database.read() as session:
        assert jobs.get(session, None, job.id).status == "running"
        assert list(results.stream(session, job.id)) == []
        # In one chunk as before, and not yet: a picture that is blamed is tried alone.
        assert dispatch.ready_counts(session) == {}
        assert jobs.get(session, None, job.id).error is None
