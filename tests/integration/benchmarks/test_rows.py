"""What the benchmark of growth fills a database with is what the service itself would leave."""

import pytest
from sqlalchemy import func, inspect, select
from sqlmodel import col

from benchmarks import pieces, rows
from store import evaluations, jobs, models, results, selection
from store.selection import Selection
from store.session import Database
from store.tables import Chunk, Item, Job, Result, Table

MANY = 3000


@pytest.fixture
def grown(database: Database, database_url: str) -> rows.Grown:
    """A database that was filled."""
    return rows.grow(database_url, MANY)


def test_every_picture_of_every_job_has_its_result(database: Database, grown: rows.Grown) -> None:
    with database.read() as session:
        ended = select(func.sum(col(Job.total)), func.count()).where(col(Job.done) > 0)
        assert session.execute(ended).one() == (MANY, grown.jobs)
        joined = (
            select(func.count())
            .select_from(Result)
            .join(Item, col(Item.id) == col(Result.item_id))
            .join(Chunk, col(Chunk.id) == col(Item.chunk_id))
            .where(col(Item.job_id) == col(Result.job_id), col(Chunk.job_id) == col(Item.job_id))
            .where(col(Item.position) == col(Result.position))
        )
        assert session.execute(joined).scalar_one() == MANY
        assert jobs.pending(session) == rows.WAITING


def test_lists_and_selections_find_something(database: Database, grown: rows.Grown) -> None:
    with database.read() as session:
        job = jobs.get(session, None, grown.second)
        assert len(results.page(session, job.id, 50).items) == min(50, grown.second_size)
        assert selection.page(session, job.id, Selection("unsure"), 12).items
        assert selection.counts(session, job).unsure > 0
        assert evaluations.page(session, None, 50, model=grown.model).items
        assert models.champion(session) is not None


def test_its_indexes_are_back(database: Database, grown: rows.Grown) -> None:
    assert grown.results == MANY
    for table in ("chunk", "item", "result"):
        found = {index["name"] for index in inspect(database.engine).get_indexes(table)}
        assert {index.name for index in Table.metadata.tables[table].indexes} <= found


def test_pictures_that_are_accepted_afterwards_are_carried_out(
    database: Database, grown: rows.Grown
) -> None:
    with database.read() as session:
        key_id = jobs.get(session, None, grown.first).key_id
    carried = pieces.carry(database, key_id, 8)
    assert carried.seconds > 0
    with database.read() as session:
        done = session.execute(select(func.count()).select_from(Result)).scalar_one()
    assert done == MANY + pieces.CHUNKS * pieces.CHUNK
