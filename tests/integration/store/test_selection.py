"""Looking at some of a job's results, at the pace of work, and at accuracy over time."""

from itertools import pairwise

import pytest
from sqlalchemy import text

from store import datasets, evaluations, history, jobs, leases, results, selection, throughput
from store.errors import InvalidCursor
from store.quarantine import ERROR_CODE
from store.selection import Kind, Selection
from store.session import Database
from store.tables import Job
from tests.integration.store.parts import accepted, begun, leased, new_key

#: (digit, confidence, correct, error code) of each picture.
FOUND = (
    (1, 0.99, True, None),
    (2, 0.60, False, None),
    (None, None, False, "empty"),
    (2, 0.80, True, None),
    (1, 0.60, None, None),
    (None, None, None, ERROR_CODE),
)

COUNTS = selection.Counts(wrong=2, unsure=3, failed=2, digits={1: 2, 2: 2})


@pytest.fixture
def job(database: Database, key_id: str) -> Job:
    """A job whose results are those above."""
    made = accepted(database, key_id, count=len(FOUND), kind="evaluate")
    lease = leased(database, made)
    begun(database, lease)
    found = [
        leases.NewResult(
            item.id,
            digit=digit,
            confidence=confidence,
            error_code=code,
            outcome=None if correct is None else {"correct": correct},
        )
        for item, (digit, confidence, correct, code) in zip(lease.items, FOUND, strict=True)
    ]
    with database.begin() as session:
        leases.record(session, lease, found)
    return made


def walked(database: Database, job: Job, chosen: Selection, limit: int = 1) -> list[int]:
    """The places of a selection's pictures, page by page."""
    places: list[int] = []
    cursor = None
    with database.read() as session:
        while True:
            page = selection.page(session, job.id, chosen, limit, cursor)
            places += [row.position for row in page.items]
            cursor = page.next
            if cursor is None:
                return places


@pytest.mark.parametrize(
    ("kind", "digit", "places"),
    [
        ("all", None, [0, 1, 2, 3, 4, 5]),
        ("wrong", None, [1, 2]),
        ("failed", None, [2, 5]),
        ("unsure", None, [1, 4, 3]),
        ("all", 2, [1, 3]),
        ("unsure", 1, [4]),
        ("wrong", 3, []),
    ],
)
def test_a_selection_is_walked_page_by_page(
    database: Database, job: Job, kind: Kind, digit: int | None, places: list[int]
) -> None:
    assert walked(database, job, Selection(kind, digit)) == places
    assert walked(database, job, Selection(kind, digit), limit=100) == places


@pytest.mark.parametrize("kind", ["all", "wrong", "failed", "unsure"])
def test_a_selection_is_walked_from_each_result_to_the_next_and_back(
    database: Database, job: Job, kind: Kind
) -> None:
    chosen = Selection(kind)
    places = [None, *walked(database, job, chosen), None]
    for before, place, after in zip(places, places[1:], places[2:], strict=False):
        with database.read() as session:
            here = results.one(session, job.id, place or 0)
            assert selection.beside(session, job.id, chosen, here) == (before, after)


def test_each_kind_is_counted(database: Database, job: Job) -> None:
    with database.read() as session:
        counted = selection.counts(session, jobs.get(session, None, job.id))
        assert counted == COUNTS
        assert [item.position for item in selection.failed(session, job.id)] == [2, 5]


def test_results_that_an_earlier_version_wrote_are_counted_when_they_are_asked_for(
    database: Database, job: Job
) -> None:
    for before in (None, {"answered": 1, "unsure": 1}):
        with database.begin() as session:
            jobs.get(session, None, job.id).answers = before
        with database.read() as session:
            assert selection.counts(session, jobs.get(session, None, job.id)) == COUNTS


def test_a_cursor_of_another_selection_is_refused(database: Database, job: Job) -> None:
    with database.read() as session:
        cursor = selection.page(session, job.id, Selection(), 1).next
        with pytest.raises(InvalidCursor):
            selection.page(session, job.id, Selection("unsure"), 1, cursor)


def test_every_selection_is_read_by_an_index(database: Database, job: Job) -> None:
    """A scan of all results would be slow with 100,000 of them."""
    wanted = {
        "NOT correct": "ix_result_wrong",
        "error_code IS NOT NULL": "ix_result_failed",
        "digit = 1": "ix_result_job_id_digit_position",
        "confidence < 0.9": "ix_result_job_id_confidence_position",
    }
    with database.begin() as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        if not sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
        for condition, index in wanted.items():
            condition = condition.replace("NOT correct", "correct = 0") if sqlite else condition
            order = "confidence" if "confidence" in condition else "position"
            query = f"{explain} SELECT position FROM result WHERE job_id = :job AND {condition} "
            plan = session.execute(text(f"{query} ORDER BY {order} LIMIT 12"), {"job": job.id})
            assert index in str(plan.all())


def test_pictures_that_were_set_aside_are_told_by_job_to_their_owner(
    database: Database, job: Job, key_id: str
) -> None:
    other = new_key(database)
    with database.read() as session:
        assert selection.quarantined(session, None, 5) == [(job.id, 1)]
        assert selection.quarantined(session, key_id, 5) == [(job.id, 1)]
        assert selection.quarantined(session, other, 5) == []


def test_throughput_counts_the_results_of_each_minute(
    database: Database, job: Job, key_id: str
) -> None:
    other = new_key(database)
    with database.read() as session:
        everyone = throughput.per_minute(session, None)
        assert len(everyone) == 60
        assert sum(count for _, count in everyone) == len(FOUND)
        assert sum(count for _, count in throughput.per_minute(session, key_id)) == len(FOUND)
        assert sum(count for _, count in throughput.per_minute(session, other)) == 0
        minutes = [minute for minute, _ in everyone]
        assert {after - before for before, after in pairwise(minutes)} == {60}


def test_a_job_that_runs_has_a_pace_and_one_that_waits_has_none(
    database: Database, job: Job, key_id: str
) -> None:
    waiting = accepted(database, key_id)
    with database.read() as session:
        assert throughput.of_job(session, waiting) is None
        pace = throughput.of_job(session, jobs.get(session, key_id, job.id))
    assert pace is not None
    assert 0 < pace <= len(FOUND)


def test_accuracy_over_time_is_told_with_its_intervals(database: Database, key_id: str) -> None:
    with database.begin() as session:
        dataset = datasets.create(session, key_id, "spring", "v1", "0" * 64, [])
        summaries = (
            {"accuracy": 0.9, "interval": [0.85, 0.94], "scored": 200, "by": {}},
            {"accuracy": None, "scored": 0},
            {"accuracy": 0.95, "scored": 20},
        )
        for number, metrics in enumerate(summaries):
            evaluations.add(
                session,
                key_id=key_id,
                job_id=None,
                model="m@0123456789ab",
                dataset=dataset,
                metrics=metrics,
                schedule="nightly" if number == 0 else None,
            )
    with database.read() as session:
        found = history.points(session, key_id, 10, dataset_id=dataset.id)
        assert history.points(session, key_id, 10, model="another") == []
        assert len(history.points(session, None, 1)) == 1
    told = [(point.accuracy, point.low, point.high, point.scheduled) for point in found]
    assert told == [(0.9, 0.85, 0.94, True), (0.95, None, None, False)]
