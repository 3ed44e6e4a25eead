"""How many pictures travel together follows the pace of late."""

import pytest
from sqlalchemy import update

from store import chunking
from store.session import Database
from store.tables import Result
from tests.integration.store.parts import accepted, chunk_ids, worked_off


def solved_at(database: Database, key_id: str, seconds: float) -> None:
    worked_off(database, accepted(database, key_id, count=3))
    with database.begin() as session:
        session.execute(update(Result).values(seconds=seconds))


def test_without_a_result_yet_chunks_are_of_a_usual_size(database: Database) -> None:
    with database.read() as session:
        assert chunking.size(session) == chunking.UNKNOWN


@pytest.mark.parametrize(
    ("seconds", "pictures"),
    [(0.05, 40), (1e-6, chunking.MOST), (0.0, chunking.MOST), (5.0, chunking.LEAST)],
)
def test_a_chunk_takes_about_two_seconds_within_bounds(
    database: Database, key_id: str, seconds: float, pictures: int
) -> None:
    solved_at(database, key_id, seconds)
    with database.read() as session:
        assert chunking.size(session) == pictures


def test_a_job_that_leaves_the_size_open_is_cut_by_the_pace(
    database: Database, key_id: str
) -> None:
    solved_at(database, key_id, 0.05)
    job = accepted(database, key_id, count=100, chunk_size=0)
    assert len(chunk_ids(database, job)) == 3
