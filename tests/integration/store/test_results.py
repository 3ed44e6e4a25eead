"""Reading results."""

import pytest
from sqlalchemy.exc import InvalidRequestError

from store import leases, results
from store.errors import InvalidCursor, NotFound
from store.session import Database
from store.tables import Job
from tests.integration.store.parts import accepted, begun, leased


@pytest.fixture
def job(database: Database, key_id: str) -> Job:
    """A job of five pictures, of which the second and the fifth are errors."""
    made = accepted(database, key_id, count=5)
    lease = leased(database, made)
    begun(database, lease)
    found = [
        leases.NewResult(
            item.id,
            error_code="empty" if item.position in (1, 4) else None,
            seen={"position": item.position},
            outcome={"correct": True},
        )
        for item in reversed(lease.items)
    ]
    with database.begin() as session:
        leases.record(session, lease, found)
    return made


def test_results_are_paged_in_the_order_of_the_pictures(database: Database, job: Job) -> None:
    with database.read() as session:
        first = results.page(session, job.id, 3)
        assert first.next is not None
        second = results.page(session, job.id, 3, first.next)

    assert [result.position for result in first.items] == [0, 1, 2]
    assert [result.position for result in second.items] == [3, 4]
    assert second.next is None


def test_a_page_that_holds_exactly_the_rest_is_the_last(database: Database, job: Job) -> None:
    with database.read() as session:
        assert results.page(session, job.id, 5).next is None


def test_results_can_be_narrowed_to_errors_or_answers(database: Database, job: Job) -> None:
    with database.read() as session:
        failed = results.page(session, job.id, 9, only="failed").items
        assert [result.position for result in failed] == [1, 4]
        solved = results.stream(session, job.id, only="solved")
        assert [result.position for result in solved] == [0, 2, 3]


def test_all_results_can_be_streamed_in_portions(
    database: Database, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "BATCH", 2)

    with database.read() as session:
        found = [(result.position, result.outcome) for result in results.stream(session, job.id)]

    assert found == [(position, {"correct": True}) for position in range(5)]


def test_what_was_seen_comes_only_on_demand(database: Database, job: Job) -> None:
    with database.read() as session:
        listed = results.page(session, job.id, 9).items[3]
        with pytest.raises(InvalidRequestError):
            _ = listed.seen
    with database.read() as session:
        assert results.one(session, job.id, 3).seen == {"position": 3}
    with database.read() as session:
        page = results.page(session, job.id, 2, seen=True)
        assert [result.seen for result in page.items] == [{"position": 0}, {"position": 1}]


def test_a_picture_without_result_is_not_found(database: Database, key_id: str) -> None:
    job = accepted(database, key_id)

    with database.read() as session, pytest.raises(NotFound, match="picture 0"):
        results.one(session, job.id, 0)


def test_a_cursor_of_another_list_is_refused(database: Database, job: Job) -> None:
    with database.read() as session, pytest.raises(InvalidCursor):
        results.page(session, job.id, 3, "ImFiYyI")
