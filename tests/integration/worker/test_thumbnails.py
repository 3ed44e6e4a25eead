"""Small copies of solved pictures, from the solver to the store, on both databases."""

from pathlib import Path

import pytest

from store import jobs, results
from store.blobs import Blobs
from store.session import Database
from store.settings import Settings
from store.tables import Result
from tests.integration.worker.case import Case, Puzzle

PUZZLES = (Puzzle("tile 1", 1), Puzzle("bad", 2))


@pytest.fixture
def case(settings: Settings, database: Database, blobs: Blobs) -> Case:
    """Two puzzles, the second of which is no picture."""
    return Case(settings, database, blobs, PUZZLES)


def solved(case: Case) -> list[Result]:
    """The results of both pictures, in a job of their own."""
    pictures = [
        jobs.NewItem(f"{n}.png", case.blobs.put(f"{puzzle.picture} #{n}".encode()))
        for n, puzzle in enumerate(PUZZLES)
    ]
    with case.database.begin() as session:
        job, _ = jobs.accept(session, case.key_id, "solve", pictures, chunk_size=2)
    case.work()
    with case.database.read() as session:
        return list(results.stream(session, job.id))


def test_a_solved_picture_has_a_small_copy_in_the_store(case: Case) -> None:
    first, second = solved(case)
    assert first.thumbnail is not None
    assert case.blobs.get(first.thumbnail) == b"small: tile 1 #0"
    assert second.thumbnail is None


def test_the_same_picture_has_one_copy_however_often_it_is_solved(
    case: Case, tmp_path: Path
) -> None:
    first = solved(case)[0].thumbnail
    kept = sum(1 for path in tmp_path.rglob("*") if path.is_file())
    assert solved(case)[0].thumbnail == first
    assert sum(1 for path in tmp_path.rglob("*") if path.is_file()) == kept


def test_an_answer_does_not_wait_for_a_store_without_room(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = case.blobs
    full = Blobs(case.settings.blob_url, min_free_bytes=2**62)
    monkeypatch.setattr(pictures, "batch", full.batch)
    monkeypatch.setattr(pictures, "put", Blobs(case.settings.blob_url).put)
    first, second = solved(case)
    assert (first.tile, first.thumbnail) == (1, None)
    assert second.error_code == "not_a_picture"
