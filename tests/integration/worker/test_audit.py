"""The check and the audit of a dataset, on both databases."""

import pytest

from store import datasets, jobs, reviews
from store.blobs import Blobs
from store.jobs import NewItem
from store.session import Database
from store.settings import Settings
from store.tables import Job, LabelSuspect
from tests.integration.worker.case import Case, Puzzle

#: The hint of every picture reads 3; the labels of two say something else.
PUZZLES = [*(Puzzle(f"tile {1 + n % 5}", 1 + n % 5) for n in range(10)), Puzzle("tile 2", 2, 5)]


@pytest.fixture
def case(settings: Settings, database: Database, blobs: Blobs) -> Case:
    return Case(settings, database, blobs, [*PUZZLES, Puzzle("tile 2", 2, 4), Puzzle("bad", 1)])


def audit(case: Case, **params: object) -> Job:
    """Run an evaluation to its end."""
    with case.database.begin() as session:
        dataset = case.dataset()
        items = [NewItem(it.name, it.blob) for it in datasets.images(session, dataset.id)]
        job, _ = jobs.accept(
            session,
            case.key_id,
            "evaluate",
            items,
            chunk_size=5,
            dataset_id=dataset.id,
            params=params,
        )
    case.work()
    case.finisher.finish_all()
    with case.database.read() as session:
        return jobs.get(session, None, job.id)


def suspects(case: Case) -> list[LabelSuspect]:
    with case.database.read() as session:
        return [it.suspect for it in reviews.page(session, case.dataset_id, 50).items]


def test_the_check_looks_at_labels_and_pictures_and_counts(case: Case) -> None:
    dataset = case.dataset()
    assert (dataset.status, dataset.puzzles) == ("ready", 13)
    # The fake's pictures are text.
    assert {problem["code"] for problem in dataset.problems} == {"not_a_picture"}
    assert dataset.statistics is not None
    assert dataset.statistics["digits"] == {"1": 0, "2": 0, "3": 11, "4": 1, "5": 1, "none": 0}
    assert dataset.statistics["unreadable"] == 13
    assert dataset.statistics["answers"]["none"] == 0


def test_an_audit_writes_what_it_suspects_when_it_ends(case: Case) -> None:
    job = audit(case, audit=True)
    assert job.status == "succeeded"
    found = suspects(case)
    assert {row.task for row in found} == {"11", "12"}
    assert [row.place for row in found] == [0, 1]
    assert found[0].detail["kind"] == "digit"
    assert found[0].detail["correction"] == {"digit": 3}
    counted = (case.dataset().statistics or {})["audit"]
    assert (counted["job"], counted["model"]) == (job.id, "fake@0123456789ab")
    assert (counted["audited"], counted["unsolved"], counted["suspects"]) == (13, 1, 2)
    assert case.dataset().statistics["digits"]["5"] == 1
    assert len(case.log()) == 1


def test_an_evaluation_that_was_not_asked_for_one_audits_nothing(case: Case) -> None:
    audit(case, audit=True)
    before = [row.detail for row in suspects(case)]
    audit(case)
    assert [row.detail for row in suspects(case)] == before


def test_a_second_audit_takes_the_place_of_the_first(case: Case) -> None:
    first, second = audit(case, audit=True), audit(case, audit=True)
    assert first.id != second.id
    assert (case.dataset().statistics or {})["audit"]["job"] == second.id
    assert len(suspects(case)) == 2
