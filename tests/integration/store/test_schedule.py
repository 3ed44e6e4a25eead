"""Schedule slots, the audit log and the clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from store import audit, schedule
from store.clock import new_id, now
from store.errors import NotFound
from store.session import Database
from store.tables import ScheduleRun


def test_a_slot_belongs_to_one_of_many_schedulers(database: Database) -> None:
    def claim(_: int) -> bool:
        with database.begin() as session:
            return schedule.claim_slot(session, "nightly", "2026-01-31")

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(claim, range(16))).count(True) == 1
    with database.begin() as session:
        assert schedule.claim_slot(session, "nightly", "2026-02-01")


def test_a_slot_remembers_its_jobs(database: Database) -> None:
    with database.begin() as session:
        schedule.claim_slot(session, "nightly", "2026-01-31")
        schedule.note_jobs(session, "nightly", "2026-01-31", ["a", "b"])
        with pytest.raises(NotFound, match="nobody took"):
            schedule.note_jobs(session, "nightly", "2026-02-01", [])

    with database.read() as session:
        run = session.get_one(ScheduleRun, ("nightly", "2026-01-31"))
    assert run.job_ids == ["a", "b"]


def test_the_audit_log_lists_the_newest_first(database: Database) -> None:
    with database.begin() as session:
        for number in range(3):
            audit.note(session, None, "models.promote", f"m@{number}", {"by": "hand"})

    with database.read() as session:
        first = audit.page(session, 2)
        rest = audit.page(session, 2, first.next)

    assert [entry.subject for entry in first.items + rest.items] == ["m@2", "m@1", "m@0"]
    assert first.items[0].detail == {"by": "hand"}


def test_the_database_tells_the_time_in_milliseconds(database: Database) -> None:
    with database.read() as session:
        moment = now(session)

    assert moment.tzinfo == UTC
    assert moment.microsecond % 1000 == 0
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)


def test_ids_sort_by_the_time_of_their_making() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ids = [new_id(start + timedelta(milliseconds=number)) for number in range(50)]

    assert ids == sorted(ids)
    assert {len(made) for made in ids} == {32}
    assert {made[12] for made in ids} == {"7"}
    assert {made[16] for made in ids} <= set("89ab")
