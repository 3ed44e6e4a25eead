"""The nightly alert, on both databases: what counts as a fall, and how long it stands."""

import logging
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from store import evaluations, figures, models
from store.blobs import Blobs
from store.session import Database
from store.settings import Settings
from store.tables import Evaluation, ScheduleRun
from tests.integration.worker.case import Case, Puzzle
from worker import schedule


def puzzles(count: int = 20, worse: int = 8, slightly: int = 2) -> list[Puzzle]:
    """Puzzles that the champion answers rightly; other models do not answer the first ones."""
    return [
        Puzzle(f"tile 1 worse {2 if n < worse else 1} slightly {2 if n < slightly else 1}", 1)
        for n in range(count)
    ]


def night(case: Case) -> Evaluation:
    """One more night; its line in the log."""
    with case.database.begin() as session:
        session.execute(delete(ScheduleRun).where(col(ScheduleRun.schedule) == "nightly"))
    assert len(schedule.run(case.database, case.settings)) == 1
    case.work()
    case.finisher.finish_all()
    return case.log()[0]


def switch(case: Case, name: str) -> None:
    with case.database.begin() as session:
        models.promote(session, name)


def test_a_worse_champion_is_told_in_the_log_and_in_the_figures(
    settings: Settings,
    database: Database,
    blobs: Blobs,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    case = Case(settings, database, blobs, puzzles())
    before = night(case)
    assert (before.schedule, before.alert) == ("nightly", None)
    case.add_model("worse", tmp_path)
    switch(case, "worse")
    with caplog.at_level(logging.ERROR):
        after = night(case)
    assert after.alert is not None
    assert (after.alert["since"], after.alert["from"], after.alert["to"]) == (before.id, 1.0, 0.6)
    assert after.alert["p"] == pytest.approx(0.5**8)
    assert "fell from 1.0000 (fake@0123456789ab) to 0.6000 (worse@0123456789ab)" in caplog.text
    with database.read() as session:
        assert figures.read(session).alerts == [(case.dataset_id, True)]
        [watched] = evaluations.watched(session, case.key_id)
        assert watched.id == after.id
        assert evaluations.watched(session, "0" * 32) == []


def test_a_fall_that_chance_explains_is_no_alert(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles())
    night(case)
    case.add_model("slightly", tmp_path)
    switch(case, "slightly")
    after = night(case)
    assert (after.accuracy, after.alert) == (0.9, None)


def test_an_alert_stands_until_the_accuracy_is_back(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles())
    first = night(case)
    case.add_model("worse", tmp_path)
    switch(case, "worse")
    alerts = [night(case).alert for _ in range(3)]
    assert [alert and alert["since"] for alert in alerts] == [first.id] * 3
    switch(case, "fake")
    assert night(case).alert is None
    with database.read() as session:
        assert figures.read(session).alerts == [(case.dataset_id, False)]


def test_where_no_outcomes_are_kept_the_interval_decides(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles())
    night(case)
    with database.begin() as session:
        session.execute(update(Evaluation).values(outcomes=None))
    case.add_model("slightly", tmp_path)
    case.add_model("worse", tmp_path)
    switch(case, "slightly")
    # 20 of 20 right: the interval begins at 0.839.
    slightly = night(case)
    assert slightly.alert is None
    with database.begin() as session:
        session.execute(update(Evaluation).values(outcomes=None))
    switch(case, "worse")
    worse = night(case)
    assert worse.alert is not None
    assert (worse.alert["p"], worse.alert["since"]) == (None, slightly.id)
    assert "below its 95% interval" in worse.alert["message"]


def test_new_labels_start_anew(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles())
    night(case)
    with database.begin() as session:
        session.execute(update(Evaluation).values(dataset_version="another"))
    case.add_model("worse", tmp_path)
    switch(case, "worse")
    assert night(case).alert is None
