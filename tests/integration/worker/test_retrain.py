"""A retrain job in one worker process: to its end, cancelled, given back, dying, hopeless."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from solver.generate import write_dataset
from store import dispatch, expiry, jobs, models
from store.errors import BadModelArchive
from store.leases import LeasedItem
from store.session import Database, open_database
from store.tables import Item, Job
from tests.integration.worker.training import School
from tests.unit.solver.models import untrained
from worker.executors import Finished, LongExecutor
from worker.executors.retrain import MAX_DEATHS
from worker.run import Broken
from worker.watch import Watch

#: Puzzles of the dataset; a few of them may show what others show.
COUNT = 30


@pytest.fixture(scope="module")
def puzzles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labelled") / "puzzles"
    write_dataset(folder, COUNT, seed=77, difficulty="easy")
    return folder


@pytest.fixture
def school(sqlite_url: str, tmp_path: Path, puzzles: Path) -> Iterator[School]:
    database = open_database(sqlite_url)
    yield School(database, tmp_path / "data", puzzles, untrained(tmp_path / "tiny"))
    database.dispose()


def at(stage: str, done: int, act: Callable[[], object]) -> Callable[[LongExecutor], LongExecutor]:
    """Do something when a training says that it is there."""

    def wrap(retrain: LongExecutor) -> LongExecutor:
        def spied(job: Job, items: Sequence[LeasedItem], watch: Watch) -> Finished | None:
            tell = watch.tell

            def told(step: object) -> None:
                tell(step)  # type: ignore[arg-type]
                if (step.stage, step.done) == (stage, done):  # type: ignore[attr-defined]
                    act()

            watch.tell = told  # type: ignore[method-assign]
            return retrain(job, items, watch)

        return spied

    return wrap


class Killed(BaseException):
    """Ends a process in a test, as nothing that the code catches does."""


def die() -> None:
    raise Killed


def candidates(school: School) -> list[str]:
    return [model.id for model in school.models().values() if model.state == "candidate"]


def take_over(database: Database, chunk_id: int) -> None:
    """Find out, as the dispatcher does, that the holder of a chunk is dead."""
    with database.begin() as session:
        assert expiry.lapse(session, "school")
        assert expiry.expire(session) == 1


def test_a_training_that_is_killed_again_and_again_ends_as_one_candidate(school: School) -> None:
    job_id, chunk_id = school.submit()
    for stage, done in (("prepare", 9), ("train", 2), ("calibrate", 1), ("evaluate", 1)):
        with pytest.raises(Killed):
            school.runner(at(stage, done, die)).run(chunk_id)
        take_over(school.database, chunk_id)
        assert candidates(school) == []
    told: list[str] = []
    school.runner(at("prepare", 1, lambda: told.append("prepared anew"))).run(chunk_id)

    job, [result] = school.job(job_id), school.results(job_id)
    assert (job.status, job.error, job.model) == ("succeeded", None, school.champion)
    assert told == []
    assert candidates(school) == [result.model]
    made = school.models()[result.model or ""]
    assert (made.parent, made.job_id, made.name) == (school.champion, job_id, "mine")
    assert made.data_version == result.outcome["data_version"]
    assert result.outcome["before"]["model"] == school.champion
    assert result.outcome["after"]["model"] == made.id
    assert re.search("too wide to trust", " ".join(result.outcome["warnings"]))
    assert made.card["text"].startswith("# mine")
    assert school.models()[school.champion].state == "champion"
    assert job.progress is not None
    assert job.progress["stage"] == "evaluate"
    assert not list((school.settings.data_dir / "retraining").glob("*/pictures"))
    # The same job once more, as if its end had not been seen, makes nothing new.
    assert school.runner().run(chunk_id) is None
    _loads_on_another_worker(school, made.id)


def _loads_on_another_worker(school: School, model_id: str) -> None:
    folder = school.solvers.folder_of(model_id)
    assert folder == school.settings.data_dir / "models" / model_id
    assert school.solvers.of(model_id).model_id == model_id
    with school.database.begin() as session:
        models.promote(session, model_id)
        assert school.solvers.chosen(session) == school.champion  # ORRERY_MODEL is set here


def test_a_cancelled_training_stops_and_leaves_no_model(school: School) -> None:
    job_id, chunk_id = school.submit()
    watches: list[Watch] = []

    def cancel() -> None:
        with school.database.begin() as session:
            jobs.cancel(session, None, job_id)
        watches[0].write_now()

    def wrap(retrain: LongExecutor) -> LongExecutor:
        inner = at("prepare", 5, cancel)(retrain)

        def kept(job: Job, items: Sequence[LeasedItem], watch: Watch) -> Finished | None:
            watches.append(watch)
            return inner(job, items, watch)

        return kept

    school.runner(wrap).run(chunk_id)
    assert school.job(job_id).status == "cancelled"
    assert school.results(job_id) == []
    assert candidates(school) == []


def test_a_worker_that_drains_gives_the_training_back_without_blame(school: School) -> None:
    job_id, chunk_id = school.submit()
    school.runner(at("prepare", 5, school.draining.set)).run(chunk_id)
    job = school.job(job_id)
    assert (job.status, job.error) == ("running", None)
    assert job.progress is not None
    assert (job.progress["stage"], job.progress["done"]) == ("prepare", 5)
    with school.database.read() as session:
        assert [chunk for chunk, _ in dispatch.dispatchable(session, 10, republish_after=-1)] == [
            chunk_id
        ]
    assert _attempts(school, chunk_id) == 0


def _attempts(school: School, chunk_id: int) -> int:
    with school.database.read() as session:
        found = select(col(Item.attempts)).where(col(Item.chunk_id) == chunk_id)
        return session.scalars(found).one()


def test_too_few_puzzles_fail_the_job_with_what_to_do(school: School, puzzles: Path) -> None:
    job_id, chunk_id = school.submit(dataset_id=school.upload(puzzles, 12))
    school.runner().run(chunk_id)
    job = school.job(job_id)
    assert job.status == "failed"
    assert job.error is not None
    assert job.error["code"] == "training"
    assert "Label more" in job.error["message"]
    assert candidates(school) == []


def test_a_training_that_never_gets_farther_fails_in_the_end(school: School) -> None:
    def broken(_job: Job, _items: Sequence[LeasedItem], _watch: Watch) -> Finished | None:
        raise RuntimeError("a bug")

    job_id, chunk_id = school.submit()
    for _ in range(MAX_DEATHS):
        with pytest.raises(Broken):
            school.runner(lambda _retrain: broken).run(chunk_id)
    school.runner().run(chunk_id)
    job = school.job(job_id)
    assert job.status == "failed"
    assert job.error is not None
    assert job.error["code"] == "crashed"


def test_a_fault_of_the_training_fails_the_job_and_is_named(school: School) -> None:
    def burst() -> None:
        raise RuntimeError("a bug")

    job_id, chunk_id = school.submit()
    school.runner(at("prepare", 1, burst)).run(chunk_id)
    job = school.job(job_id)
    assert job.status == "failed"
    assert job.error is not None
    assert (job.error["code"], "a bug" in job.error["message"]) == ("fault", True)


def test_a_model_that_makes_no_archive_fails_the_job(school: School) -> None:
    def refuse() -> None:
        raise BadModelArchive("its encoder is not in it")

    job_id, chunk_id = school.submit()
    school.runner(at("prepare", 1, refuse)).run(chunk_id)
    assert school.job(job_id).error == {"code": "model", "message": "its encoder is not in it"}


def test_deaths_on_the_way_do_not_count_once_it_gets_farther(school: School) -> None:
    job_id, chunk_id = school.submit()
    for place in range(1, 4):
        with pytest.raises(Killed):
            school.runner(at("prepare", 3 * place, die)).run(chunk_id)
        take_over(school.database, chunk_id)
    assert school.job(job_id).status == "running"
    assert _attempts(school, chunk_id) == 1
