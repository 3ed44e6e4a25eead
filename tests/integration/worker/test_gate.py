"""The gate from end to end, on both databases: a job, two models, a decision, a promotion."""

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from store import gates, models, outcomes
from store.blobs import Blobs
from store.errors import InvalidState
from store.session import Database
from store.settings import Settings
from store.tables import Audit, Job, Model
from tests.integration.worker.case import MODEL, Case, Puzzle
from worker import schedule
from worker.promotion import propose


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The fake is always sure to 0.9, so that a better one is worse calibrated.

    How long a puzzle takes tells of the machine alone.
    """
    return settings.model_copy(update={"gate_calibration": 0.2, "gate_latency": 1e6})


def puzzles(count: int = 60, candidate: str = "") -> list[Puzzle]:
    """Puzzles to be held out; the champion answers all rightly, but every tenth."""
    return [_puzzle(n, candidate) for n in range(count)]


def _puzzle(n: int, candidate: str) -> Puzzle:
    digit, answer = n % 5 + 1, n // 5 % 5 + 1
    other = answer % 5 + 1
    fake = other if n % 10 == 9 else answer
    words = {"broken": other if digit == 3 else answer, "better": answer, "same": fake}
    named = " ".join(f"{name} {tile}" for name, tile in words.items())
    return Puzzle(f"tile {fake} {named}", answer, digit, "test")


def judged(case: Case, name: str, folder: Path, *, promote: bool = False) -> Job:
    """Hold a fake of this name against the champion."""
    model = case.add_model(name, folder)
    with case.database.begin() as session:
        job, _ = gates.start(
            session, case.key_id, model, case.dataset_id, chunk_size=16, promote=promote
        )
    end(case)
    return job


def end(case: Case) -> None:
    case.work()
    case.finisher.finish_all()


def audited(database: Database) -> list[Audit]:
    with database.read() as session:
        return list(session.scalars(select(Audit)))


def champion(database: Database) -> str:
    with database.read() as session:
        found = models.champion(session)
    assert found is not None
    return found.id


def test_an_end_that_cannot_be_written_fails_its_job_and_holds_up_no_other(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles(20))
    model = case.add_model("same", tmp_path)
    with database.begin() as session:
        gates.start(session, case.key_id, model, case.dataset_id, chunk_size=16)
    schedule.run(database, settings)
    case.work()
    with database.begin() as session:
        session.execute(delete(Model).where(col(Model.id) == model.id))

    case.finisher.finish_all()

    evaluation, gate = case.jobs()
    assert (evaluation.status, gate.status) == ("succeeded", "failed")
    assert gate.error is not None
    assert model.id in gate.error["message"]


def test_a_candidate_that_one_digit_broke_is_refused_with_that_digit_named(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles())
    job = judged(case, "broken", tmp_path, promote=True)
    gate = case.model("broken").gate
    assert gate is not None
    assert not gate["passed"]
    assert any("worse on digit 3: 0 instead of 12 of 12" in reason for reason in gate["reasons"])
    assert (gate["champion"], gate["job"]) == (MODEL, job.id)
    assert champion(database) == MODEL


def test_a_better_candidate_passes_and_both_evaluations_are_in_the_log(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles())
    job = judged(case, "better", tmp_path)
    gate = case.model("better").gate
    assert gate is not None
    assert (gate["passed"], gate["reasons"]) == (True, [])
    assert gate["figures"]["gained"] == 6
    rows = {row.id: row for row in case.log()}
    before, after = (rows[gate["evaluations"][side]] for side in ("champion", "candidate"))
    assert (before.model, before.accuracy) == (MODEL, 54 / 60)
    assert (after.model, after.accuracy, after.job_id) == ("better@0123456789ab", 1.0, job.id)
    # Nobody asked for its promotion.
    assert champion(database) == MODEL


def test_a_candidate_that_passes_is_promoted_where_that_was_asked_for(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles())
    judged(case, "better", tmp_path, promote=True)
    assert champion(database) == "better@0123456789ab"
    [note] = [entry for entry in audited(database) if entry.action == "model.promote"]
    assert (note.key_id, note.detail) == (None, {"gate": "passed", "automatic": True})


def test_nothing_is_promoted_that_was_compared_with_another_champion(
    settings: Settings,
    database: Database,
    blobs: Blobs,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    case = Case(settings, database, blobs, puzzles())
    model = case.add_model("better", tmp_path)
    case.add_model("same", tmp_path)
    with database.begin() as session:
        gates.start(session, case.key_id, model, case.dataset_id, chunk_size=16, promote=True)
    case.work()
    with database.begin() as session:
        models.promote(session, "same")
    with caplog.at_level(logging.WARNING):
        case.finisher.finish_all()
    assert champion(database) == "same@0123456789ab"
    assert "not compared with the champion of now" in caplog.text


def test_only_puzzles_that_are_held_out_are_judged(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    seen = [Puzzle("bad", 1, 1, "train") for _ in range(7)]
    case = Case(settings, database, blobs, [*seen, *puzzles()])
    job = judged(case, "same", tmp_path)
    gate = case.model("same").gate
    assert gate is not None
    assert (gate["passed"], gate["figures"]["puzzles"]) == (True, 60)
    assert [row.metrics["failed"] for row in case.log()] == [0, 0]
    assert job.total == 2 * 67


def test_a_dataset_with_too_few_held_out_puzzles_is_told_how_many_it_takes(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles(10))
    judged(case, "better", tmp_path)
    gate = case.model("better").gate
    assert gate is not None
    assert not gate["passed"]
    assert "too few held-out puzzles to tell: 10" in gate["reasons"][0]


def test_the_champion_is_not_judged_by_itself(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    case = Case(settings, database, blobs)
    with database.begin() as session, pytest.raises(InvalidState, match="champion itself"):
        gates.start(session, case.key_id, case.model("fake"), case.dataset_id, chunk_size=4)


def trained(case: Case, folder: Path, name: str, held_out: Sequence[str]) -> str | None:
    """Register a candidate as the end of a training does; the id of its gate's job."""
    with case.database.begin() as session:
        job = case.training(session)
        (folder / name).mkdir()
        model = models.register(session, f"{name}@0123456789ab", name, path=str(folder / name))
        model.job_id = job.id
        return propose(session, case.settings, job, model, held_out)


def test_a_retrained_model_is_promoted_by_itself_only_where_the_setting_says_so(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    names = [f"images/{n}.png" for n in range(1, 61)]
    case = Case(settings, database, blobs, puzzles(70))
    assert trained(case, tmp_path, "same", names) is None
    end(case)
    assert champion(database) == MODEL
    case.settings = settings.model_copy(update={"auto_promote": True})
    assert trained(case, tmp_path, "better", names) is not None
    end(case)
    gate = case.model("better").gate
    assert gate is not None
    # The training kept these to judge by, whatever the labels say.
    assert gate["figures"]["puzzles"] == 60
    assert champion(database) == "better@0123456789ab"


def test_what_became_of_each_puzzle_outlives_the_job(
    settings: Settings, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    case = Case(settings, database, blobs, puzzles())
    judged(case, "broken", tmp_path)
    [after] = [row for row in case.log() if row.model == "broken@0123456789ab"]
    assert after.outcomes is not None
    lines = list(outcomes.read(blobs, after.outcomes))
    assert len(lines) == 60
    wrong = [line["digit"] for line in lines if line["correct"] is False]
    assert wrong == [3] * 12
    assert len({line["picture"] for line in lines}) == 60
