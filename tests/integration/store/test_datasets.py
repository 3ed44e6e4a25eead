"""Datasets."""

from collections.abc import Callable

import pytest

from store import datasets, jobs
from store.errors import InvalidState, NotFound
from store.session import Database
from store.tables import Dataset, Job
from tests.integration.store.parts import BLOB, finished, new_key, quarantined

IMAGES = [datasets.NewImage(f"images/{name}.png", BLOB) for name in "cab"]


def created(database: Database, key_id: str, nightly: bool = False) -> Dataset:
    with database.begin() as session:
        return datasets.create(session, key_id, "mine", "v1", BLOB, IMAGES, nightly=nightly)


def checking(database: Database, key_id: str, dataset: Dataset) -> Job:
    """The job that checks a dataset."""
    with database.begin() as session:
        items = [jobs.NewItem("labels.json", BLOB)]
        return jobs.accept(session, key_id, "import", items, chunk_size=1, dataset_id=dataset.id)[0]


def test_a_new_dataset_is_to_be_checked_and_keeps_its_pictures_in_order(
    database: Database, key_id: str
) -> None:
    dataset = created(database, key_id)

    assert (dataset.status, dataset.images, dataset.puzzles) == ("checking", 3, None)
    with database.read() as session:
        names = [image.name for image in datasets.images(session, dataset.id)]
    assert names == ["images/c.png", "images/a.png", "images/b.png"]


def test_what_the_check_found_is_kept(database: Database, key_id: str) -> None:
    dataset = created(database, key_id)
    problems = [{"task": "7", "code": "no_digit", "message": "task 7 has no digit"}]

    with database.begin() as session:
        datasets.checked(session, dataset.id, status="ready", puzzles=2, problems=problems)

    with database.read() as session:
        found = datasets.get(session, key_id, dataset.id)
    assert (found.status, found.puzzles, found.problems) == ("ready", 2, problems)


def cancelled(database: Database, job: Job) -> None:
    with database.begin() as session:
        jobs.cancel(session, None, job.id)


def deleted(database: Database, job: Job) -> None:
    with database.begin() as session:
        jobs.delete(session, None, job.id)


def failed(database: Database, job: Job) -> None:
    with database.begin() as session:
        jobs.fail(session, job.id, "labels", "they cannot be read")


def crashing(database: Database, job: Job) -> None:
    quarantined(database, job)
    assert finished(database, job)


@pytest.mark.parametrize("end", [cancelled, deleted, failed, crashing])
def test_a_dataset_does_not_wait_for_a_check_that_has_ended(
    database: Database, key_id: str, end: Callable[[Database, Job], None]
) -> None:
    dataset = created(database, key_id)
    end(database, checking(database, key_id, dataset))

    with database.read() as session:
        found = datasets.get(session, key_id, dataset.id)
    assert (found.status, found.puzzles) == ("rejected", 0)
    assert found.problems[0]["code"] == "unchecked"


def test_a_dataset_that_was_checked_outlives_the_job_that_did(
    database: Database, key_id: str
) -> None:
    dataset = created(database, key_id)
    job = checking(database, key_id, dataset)
    with database.begin() as session:
        datasets.checked(session, dataset.id, status="ready", puzzles=3, problems=[])

    deleted(database, job)

    with database.read() as session:
        assert datasets.get(session, key_id, dataset.id).status == "ready"


def test_a_dataset_of_another_key_is_not_there(database: Database, key_id: str) -> None:
    dataset, other = created(database, key_id), new_key(database)

    with database.begin() as session:
        with pytest.raises(NotFound):
            datasets.get(session, other, dataset.id)
        with pytest.raises(NotFound):
            datasets.set_nightly(session, other, dataset.id, nightly=True)
        assert datasets.page(session, other, 10).items == []
        assert datasets.get(session, None, dataset.id).id == dataset.id


def test_only_datasets_that_are_ready_are_evaluated_at_night(
    database: Database, key_id: str
) -> None:
    ready, _unchecked = created(database, key_id), created(database, key_id, nightly=True)
    with database.begin() as session:
        datasets.checked(session, ready.id, status="ready", puzzles=3, problems=[])
        assert datasets.nightly(session) == []
        datasets.set_nightly(session, key_id, ready.id, nightly=True)
        assert [dataset.id for dataset in datasets.nightly(session)] == [ready.id]


def test_two_pictures_with_one_name_are_refused(database: Database, key_id: str) -> None:
    twice = [*IMAGES, IMAGES[0]]

    with database.begin() as session, pytest.raises(InvalidState, match="same name"):
        datasets.create(session, key_id, "mine", "v1", BLOB, twice)


def test_datasets_are_listed_newest_first(database: Database, key_id: str) -> None:
    ids = sorted((created(database, key_id).id for _ in range(3)), reverse=True)

    with database.read() as session:
        first = datasets.page(session, key_id, 2)
        rest = datasets.page(session, None, 2, first.next)

    assert [dataset.id for dataset in first.items + rest.items] == ids


def corrected(database: Database, key_id: str, dataset: Dataset) -> Dataset:
    with database.begin() as session:
        origin = {"by": {}, "why": "typo", "changes": []}
        return datasets.create(
            session, key_id, "mine", "v2", BLOB, IMAGES, parent=dataset.id, origin=origin
        )


def test_the_versions_of_a_dataset_are_the_same_from_each_of_them(
    database: Database, key_id: str
) -> None:
    first = created(database, key_id)
    second, other = (corrected(database, key_id, first) for _ in range(2))
    third = corrected(database, key_id, second)
    created(database, key_id)
    wanted = sorted(it.id for it in (first, second, other, third))
    stranger = new_key(database)

    with database.read() as session:
        for each in (first, second, other, third):
            assert [it.id for it in datasets.lineage(session, key_id, each)] == wanted
        assert [it.id for it in datasets.lineage(session, stranger, second)] == [second.id]


def test_a_version_that_was_deleted_parts_the_others(database: Database, key_id: str) -> None:
    first = created(database, key_id)
    second = corrected(database, key_id, first)
    third = corrected(database, key_id, second)
    with database.begin() as session:
        datasets.delete(session, key_id, second.id)

    with database.read() as session:
        assert [it.id for it in datasets.lineage(session, key_id, first)] == [first.id]
        assert [it.id for it in datasets.lineage(session, key_id, third)] == [third.id]


def test_a_dataset_that_a_job_uses_is_not_deleted_and_one_that_ended_lets_go(
    database: Database, key_id: str
) -> None:
    dataset = created(database, key_id)
    job = checking(database, key_id, dataset)
    with database.begin() as session, pytest.raises(InvalidState, match=job.id):
        datasets.delete(session, key_id, dataset.id)
    cancelled(database, job)

    with database.begin() as session:
        datasets.delete(session, key_id, dataset.id)

    with database.read() as session:
        assert jobs.get(session, key_id, job.id).dataset_id is None
        assert datasets.images(session, dataset.id) == []
        with pytest.raises(NotFound):
            datasets.get(session, key_id, dataset.id)


def test_a_dataset_of_another_key_is_not_deleted(database: Database, key_id: str) -> None:
    dataset, other = created(database, key_id), new_key(database)
    with database.begin() as session, pytest.raises(NotFound):
        datasets.delete(session, other, dataset.id)


def test_no_job_is_accepted_on_a_dataset_that_is_gone(database: Database, key_id: str) -> None:
    dataset = created(database, key_id)
    with database.begin() as session:
        datasets.delete(session, key_id, dataset.id)

    with pytest.raises(NotFound, match=dataset.id):
        checking(database, key_id, dataset)


def test_the_version_is_that_of_labels_and_pictures_in_any_order() -> None:
    one = datasets.version_of(b"[]", IMAGES)
    assert one == datasets.version_of(b"[]", IMAGES[::-1])
    assert one != datasets.version_of(b"[ ]", IMAGES)
    renamed = [*IMAGES[:-1], datasets.NewImage("other.png", IMAGES[-1].blob)]
    assert one != datasets.version_of(b"[]", renamed)
