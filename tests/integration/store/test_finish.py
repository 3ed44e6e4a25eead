"""The end of a job, and lists of jobs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from store import figures, jobs
from store.errors import InvalidCursor, NotFound
from store.session import Database
from tests.integration.store.parts import (
    accepted,
    begun,
    finished,
    item_states,
    job_now,
    leased,
    new_key,
    quarantined,
    worked_off,
)
from tests.servers import wait_until


def test_a_job_is_finished_once_by_many(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    worked_off(database, job)

    with ThreadPoolExecutor(8) as threads:
        ends = list(threads.map(lambda _: finished(database, job), range(16)))

    assert ends.count(True) == 1


def test_a_job_is_not_finished_while_an_operator_releases_its_pictures(
    postgresql_database: Database, postgresql_key: str
) -> None:
    job = accepted(postgresql_database, postgresql_key, count=1)
    quarantined(postgresql_database, job)

    with ThreadPoolExecutor(1) as thread:
        with postgresql_database.begin() as session:
            jobs.release_quarantined(session, job.id)
            ended = thread.submit(finished, postgresql_database, job)
            wait_until(lambda: somebody_waits(postgresql_database), "asking for the job's row")
        assert not ended.result()

    assert job_now(postgresql_database, job).status == "running"


def somebody_waits(database: Database) -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with database.read() as session:
        return session.scalar(waiting) == 1


def test_a_job_with_pictures_to_do_is_not_finished(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)
    begun(database, leased(database, job))

    assert not finished(database, job)
    assert job_now(database, job).finished_at is None


@pytest.mark.parametrize("kind", ["solve", "import", "retrain"])
def test_the_sweeper_finishes_what_no_worker_did(
    database: Database, key_id: str, kind: str
) -> None:
    ended = accepted(database, key_id, kind=kind)
    worked_off(database, ended)
    accepted(database, key_id)

    with database.begin() as session:
        assert jobs.finish_ready(session) == [ended.id]
        assert jobs.finish_ready(session) == []


def test_jobs_with_a_closing_act_are_left_to_the_worker(database: Database, key_id: str) -> None:
    job = accepted(database, key_id, kind="evaluate")
    worked_off(database, job)

    with database.begin() as session:
        assert jobs.finish_ready(session) == []
        assert jobs.finishable(session) == [jobs.Finishable(job.id, "evaluate", cancelled=False)]
        assert jobs.finish_ready(session, kinds=["evaluate"]) == [job.id]


def test_jobs_that_wait_for_a_worker_keep_no_other_from_its_end(
    database: Database, key_id: str
) -> None:
    for _ in range(100):
        worked_off(database, accepted(database, key_id, count=1, kind="evaluate"))
    job = accepted(database, key_id)
    worked_off(database, job)

    with database.begin() as session:
        assert jobs.finish_ready(session) == [job.id]


def test_a_job_is_asked_for_alone_however_many_wait_to_be_finished(
    database: Database, key_id: str
) -> None:
    older, asked = (accepted(database, key_id, kind="evaluate") for _ in range(2))
    for job in (older, asked):
        worked_off(database, job)

    with database.read() as session:
        found = [job.job_id for job in jobs.finishable(session, 1, job_id=asked.id)]
        assert found == [asked.id]
        assert [job.job_id for job in jobs.finishable(session, 1)] == [older.id]


def test_jobs_are_listed_newest_first_page_by_page(database: Database, key_id: str) -> None:
    made = sorted((accepted(database, key_id).id for _ in range(5)), reverse=True)
    seen: list[str] = []
    cursor = None
    with database.read() as session:
        while True:
            page = jobs.page(session, key_id, 2, cursor)
            seen += [job.id for job in page.items]
            cursor = page.next
            if cursor is None:
                break

    assert seen == made


def test_a_list_holds_only_ones_own_jobs(database: Database, key_id: str) -> None:
    other = new_key(database)
    mine, theirs = accepted(database, key_id), accepted(database, other)

    with database.read() as session:
        assert [job.id for job in jobs.page(session, key_id, 10).items] == [mine.id]
        everybody = {job.id for job in jobs.page(session, None, 10).items}
    assert everybody == {mine.id, theirs.id}


def test_a_list_can_be_narrowed(database: Database, key_id: str) -> None:
    solve, check = accepted(database, key_id), accepted(database, key_id, kind="import")
    worked_off(database, solve)
    finished(database, solve)

    with database.read() as session:
        assert [job.id for job in jobs.page(session, key_id, 9, kind="import").items] == [check.id]
        ended = jobs.page(session, key_id, 9, status="succeeded").items
    assert [job.id for job in ended] == [solve.id]


def test_a_cursor_of_another_list_is_refused(database: Database, key_id: str) -> None:
    with database.read() as session, pytest.raises(InvalidCursor):
        jobs.page(session, key_id, 2, "MTI")


def test_jobs_are_counted_by_status(database: Database, key_id: str) -> None:
    worked_off(database, job := accepted(database, key_id, count=3))
    finished(database, job)
    accepted(database, key_id, count=2)

    with database.read() as session:
        counts = jobs.counts(session)

    expected = {"queued": 1, "running": 0, "succeeded": 1, "failed": 0, "cancelled": 0}
    assert counts == jobs.Counts(expected, pending=2)


def test_jobs_can_be_counted_for_one_key(database: Database, key_id: str) -> None:
    accepted(database, key_id, count=2)
    accepted(database, new_key(database), count=3)

    with database.read() as session:
        assert jobs.counts(session, key_id).pending == 2
        assert jobs.counts(session).pending == 5


def test_figures_sum_up_the_whole_service(database: Database, key_id: str) -> None:
    with database.read() as session:
        assert figures.read(session).oldest == {}
    worked_off(database, accepted(database, key_id, count=3))
    accepted(database, key_id, count=2)

    with database.read() as session:
        found = figures.read(session)

    assert (found.jobs["running"], found.jobs["queued"]) == (1, 1)
    assert found.items["pending"] == 2
    assert found.chunks == {("solve", "ready"): 1}
    assert found.oldest["solve"] > 0
    assert sum(n for place, n in found.tallies.items() if "results" in place) == 3


def test_a_picture_is_found_by_its_position(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)

    with database.read() as session:
        assert jobs.item(session, key_id, job.id, 1).name == "1.png"
        with pytest.raises(NotFound, match="no picture 7"):
            jobs.item(session, key_id, job.id, 7)
        with pytest.raises(NotFound):
            jobs.item(session, "somebody else", job.id, 1)
    assert item_states(database, job) == ["pending"] * 3
