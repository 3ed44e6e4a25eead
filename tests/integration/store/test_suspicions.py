"""Suspected labels as a person goes through them, on both databases."""

from typing import Any

import pytest

from store import datasets, reviews, suspicions
from store.errors import NotFound
from store.session import Database
from store.tables import Dataset
from tests.integration.store.parts import BLOB


def suspect(task: str, **correction: Any) -> dict[str, Any]:
    return {"task": task, "score": 0.9, "correction": correction}


@pytest.fixture
def dataset(database: Database, key_id: str) -> Dataset:
    """A dataset with three suspected tasks, one of them for two reasons."""
    with database.begin() as session:
        made = datasets.create(session, key_id, "mine", "v1", BLOB, [])
        found = [suspect("b", digit=2), suspect("a", answer=1), suspect("b", answer=3)]
        reviews.suspected(session, made, [*found, suspect("c", digit=5)], {})
    return made


def say(database: Database, dataset: Dataset, task: str, verdict: str, key_id: str) -> None:
    with database.begin() as session:
        reviews.review(session, dataset.id, task, key_id, verdict, None, "")


def test_the_suspects_of_a_task_stand_together_at_its_likeliest(
    database: Database, dataset: Dataset
) -> None:
    with database.read() as session:
        first = suspicions.page(session, dataset.id, 2)
        rest = suspicions.page(session, dataset.id, 2, first.next)
        again = suspicions.at(session, dataset.id, 2)
    assert [(task.place, task.name, len(task.suspects)) for task in first.items] == [
        (0, "b", 2),
        (1, "a", 1),
    ]
    assert [(task.place, task.name) for task in rest.items] == [(3, "c")]
    assert (rest.next, again.place, again.name) == (None, 0, "b")


def test_the_next_task_is_one_that_nobody_has_reviewed(
    database: Database, dataset: Dataset, key_id: str
) -> None:
    def after(place: int) -> int | None:
        with database.read() as session:
            return suspicions.after(session, dataset.id, place)

    assert (after(-1), after(0), after(3)) == (0, 1, 0)
    say(database, dataset, "b", "unsure", key_id)
    assert (after(-1), after(3)) == (1, 1)
    say(database, dataset, "a", "right", key_id)
    say(database, dataset, "c", "wrong", key_id)
    assert after(-1) is None


def test_reviews_are_counted_by_task(database: Database, dataset: Dataset, key_id: str) -> None:
    say(database, dataset, "b", "wrong", key_id)
    say(database, dataset, "a", "unsure", key_id)
    say(database, dataset, "not suspected", "right", key_id)
    with database.read() as session:
        counts = suspicions.counts(session, dataset.id)
    assert counts == suspicions.Counts(tasks=3, right=0, wrong=1, unsure=1)
    assert counts.reviewed == 2


def test_a_suspect_that_is_not_there_is_said_so(database: Database, dataset: Dataset) -> None:
    with database.read() as session, pytest.raises(NotFound, match="no suspect 9"):
        suspicions.at(session, dataset.id, 9)


def test_corrections_of_one_task_are_joined() -> None:
    box, other = {"x": 1.0}, {"x": 2.0}
    several = [
        {"digit": 2},
        {"targets": {"1": box}},
        {"digit": 3, "answer": 4, "targets": {"1": other, "2": other}},
    ]
    assert suspicions.joined(several) == {
        "digit": 2,
        "answer": 4,
        "targets": {"1": box, "2": other},
    }
