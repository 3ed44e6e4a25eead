"""Datasets."""

import pytest

from store import datasets
from store.errors import InvalidState, NotFound
from store.session import Database
from store.tables import Dataset
from tests.integration.store.parts import BLOB, new_key

IMAGES = [datasets.NewImage(f"images/{name}.png", BLOB) for name in "cab"]


def created(database: Database, key_id: str, nightly: bool = False) -> Dataset:
    with database.begin() as session:
        return datasets.create(session, key_id, "mine", "v1", BLOB, IMAGES, nightly=nightly)


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
