"""The nightly evaluation and the end of an evaluation, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlmodel import col

from store import datasets, evaluations, jobs, keys, models, results
from store.blobs import Blobs
from store.datasets import NewImage
from store.session import Database
from store.settings import Settings
from store.tables import ScheduleRun
from tests.integration.worker.case import MODEL, Case
from worker import schedule
from worker.schedule import latest_slot


def test_an_uploaded_dataset_is_checked_and_made_ready(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    dataset = Case(settings, database, blobs).dataset()
    assert (dataset.status, dataset.puzzles) == ("ready", 3)
    # The labels have no fault; the fake's pictures are text, which the check sees.
    assert {problem["code"] for problem in dataset.problems} == {"not_a_picture"}


def test_a_night_is_evaluated_once_however_many_schedulers_run(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    case = Case(settings, database, blobs)
    with ThreadPoolExecutor(4) as pool:
        started = list(pool.map(lambda _: schedule.run(database, settings), range(8)))
    assert sum(map(len, started)) == 1
    case.work()
    assert case.finisher.finish_all() == [case.jobs()[0].id]
    assert case.accuracies() == [2 / 3]
    [job] = case.jobs()
    assert (job.status, job.model, job.params["accuracy"]) == ("succeeded", MODEL, 2 / 3)
    # By which the logs of the whole night are found.
    assert (job.request_id or "").startswith("nightly-20")


def test_an_evaluation_is_logged_once_however_many_workers_end_it(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    case = Case(settings, database, blobs)
    schedule.run(database, settings)
    case.work()
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda _: case.finisher.finish_all(), range(8)))
    assert sum(map(len, ended)) == 1
    assert len(case.accuracies()) == 1


def test_a_wrong_answer_that_no_stage_gives_back_is_logged_as_lost_to_the_decision(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    case = Case(settings, database, blobs)
    schedule.run(database, settings)
    case.work()
    case.finisher.finish_all()
    with database.read() as session:
        [entry] = evaluations.page(session, None, 50).items
    lost = {stage: count for stage, count in entry.metrics["lost_to"].items() if count}
    assert lost == {"decision": 1}
    assert set(entry.metrics["regained"]) == set(entry.metrics["lost_to"])


def test_only_the_latest_missed_night_is_made_up_for(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    case = Case(settings, database, blobs)
    assert len(schedule.run(database, settings)) == 1
    with database.begin() as session:
        session.execute(delete(ScheduleRun).where(col(ScheduleRun.schedule) == "nightly"))
    # As after days without a scheduler: one night is due, the latest.
    assert len(schedule.run(database, settings)) == 1
    assert schedule.run(database, settings) == []
    assert len(case.jobs()) == 2


def test_no_night_is_taken_before_there_is_a_model(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    assert schedule.run(database, settings) == []
    with database.begin() as session:
        models.register(session, MODEL, "fake", state="champion")
    case = Case(settings, database, blobs)
    assert len(schedule.run(database, case.settings)) == 1


def test_a_job_whose_model_is_not_there_fails_and_says_so(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    case = Case(settings, database, blobs)
    with database.begin() as session:
        models.register(session, "gone@000000000000", "gone", path="/nowhere")
        models.promote(session, "gone")
    schedule.run(database, settings)
    case.work()
    [job] = case.jobs()
    assert job.status == "failed"
    assert job.error is not None
    assert job.error["code"] == "model"
    assert "gone@000000000000" in job.error["message"]


def test_a_new_version_of_the_package_goes_on_with_the_model_it_brings(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    with database.begin() as session:
        models.register(session, "fake@beforebefore", "fake", state="champion")
        key, _ = keys.create(session, "earlier", ["admin"])
        items = [jobs.NewItem("1.png", blobs.put(b"tile 1"))]
        job, _ = jobs.accept(session, key.id, "solve", items, chunk_size=1)
        job.model, job.params = "fake@beforebefore", {"model": "champion"}
    Case(settings, database, blobs)
    with database.read() as session:
        champion = models.champion(session)
        [result] = results.stream(session, job.id)
    assert champion is not None
    assert champion.id == result.model == MODEL


def test_an_evaluation_of_a_dataset_without_usable_labels_fails_and_says_so(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    case = Case(settings, database, blobs)
    labels = blobs.put(b"no labels at all")
    with database.begin() as session:
        images = [NewImage("1.png", blobs.put(b"tile 1"))]
        dataset = datasets.create(session, case.key_id, "broken", "v", labels, images)
        items = [jobs.NewItem("1.png", images[0].blob)]
        jobs.accept(session, case.key_id, "evaluate", items, chunk_size=4, dataset_id=dataset.id)
        label_item = [jobs.NewItem("labels.json", labels)]
        jobs.accept(session, case.key_id, "import", label_item, chunk_size=4, dataset_id=dataset.id)
    case.work()
    [job] = case.jobs()
    assert job.status == "failed"
    assert job.error is not None
    assert job.error["code"] == "labels"
    with database.read() as session:
        checked = datasets.get(session, None, dataset.id)
    assert checked.status == "rejected"
    assert checked.problems[0]["code"] == "unreadable"


@given(
    moment=st.datetimes(datetime(2020, 1, 2), datetime(2035, 1, 1)),
    offset=st.integers(-12, 12),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_the_latest_slot_is_less_than_a_day_ago_and_shows_the_time_asked_for(
    moment: datetime, offset: int, hour: int, minute: int
) -> None:
    now = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=offset)))
    slot = latest_slot(now, f"{hour:02}:{minute:02}")
    assert timedelta(0) <= now - slot < timedelta(days=1)
    assert (slot.hour, slot.minute, slot.second) == (hour, minute, 0)
