"""Fault 13: two schedulers and two dispatchers."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery
from sqlalchemy import delete, select, update
from sqlmodel import col

from store import datasets, jobs
from store.datasets import NewImage
from store.queues import MAINTENANCE, RUN_SCHEDULES
from store.tables import Dataset, Evaluation, Job, ScheduleRun
from tests.faults.experiment import Experiment, Finding, last
from tests.faults.fleet import PATIENCE, Fleet
from tests.faults.shape import Size
from tests.faults.vision import batch, expected, picture
from tests.integration.worker.case import Puzzle, task
from tests.servers import wait_until

#: What the other scheduler of a pair adds: requests to look at the schedule, all at once.
LOOKS = 50


def pair(fleet: Fleet, rng: random.Random, size: Size) -> Finding:
    """Solve a job under two dispatchers while the night begins, for every scheduler at once."""
    datasets_ = [_dataset(fleet, rng, f"night-{number}") for number in range(2)]
    _make_night(fleet, datasets_)
    began = time.monotonic()
    job_id = fleet.submit(batch(rng, size.pictures, size.each))
    _look(fleet)
    wait_until(lambda: len(_nights(fleet, datasets_)) >= len(datasets_), "the night", PATIENCE)
    fleet.wait(job_id)
    last(max(0.0, size.seconds - (time.monotonic() - began)))
    fleet.wait_all()
    nights = _nights(fleet, datasets_)
    found = Finding(
        f"{len(nights)} evaluations of {len(datasets_)} datasets, {_lines(fleet, nights)} lines"
    )
    found.require(sorted(nights.values()) == sorted(datasets_), f"{len(nights)} evaluations")
    found.require(_lines(fleet, nights) == len(datasets_), "not one line each in the accuracy log")
    return found


def _dataset(fleet: Fleet, rng: random.Random, name: str) -> str:
    """A labelled dataset, put into the store as an upload would."""
    texts = batch(rng, 5)
    images = [
        NewImage(f"images/{n}.png", fleet.blobs.put(picture(text, f"{name}-{n}")))
        for n, text in enumerate(texts, 1)
    ]
    tasks = [task(n, Puzzle(text, int(expected(text)))) for n, text in enumerate(texts, 1)]
    labels = fleet.blobs.put(json.dumps(tasks).encode())
    with fleet.database.begin() as session:
        row = datasets.create(session, fleet.key_id, name, name, labels, images)
        item = jobs.NewItem("labels.json", labels)
        jobs.accept(session, fleet.key_id, "import", [item], chunk_size=1, dataset_id=row.id)
    wait_until(lambda: _status(fleet, row.id) != "checking", "the dataset's check", PATIENCE)
    return row.id


def _status(fleet: Fleet, dataset_id: str) -> str:
    with fleet.database.read() as session:
        return str(session.get_one(Dataset, dataset_id).status)


def _make_night(fleet: Fleet, ids: list[str]) -> None:
    """Let a night be over, and then another one begin, for these datasets as well.

    In one step: a scheduler that looks meanwhile finds either night whole.
    """
    _look(fleet)
    wait_until(lambda: _is_over(fleet), "the night before", PATIENCE)
    with fleet.database.begin() as session:
        session.execute(update(Dataset).where(col(Dataset.id).in_(ids)).values(nightly=True))
        session.execute(delete(ScheduleRun))


def _is_over(fleet: Fleet) -> bool:
    """Whether somebody has taken the night that there was."""
    with fleet.database.read() as session:
        return session.scalar(select(col(ScheduleRun.slot)).limit(1)) is not None


def _look(fleet: Fleet) -> None:
    """Ask the workers from many threads at once to look at the schedule."""

    def ask(_number: int) -> None:
        with Celery("faults", broker=fleet.valkey.url, set_as_current=False) as app:
            app.send_task(RUN_SCHEDULES, queue=MAINTENANCE, ignore_result=True)

    with ThreadPoolExecutor(LOOKS) as threads:
        list(threads.map(ask, range(LOOKS)))


def _nights(fleet: Fleet, among: list[str]) -> dict[str, str]:
    """The evaluations that the schedule started: dataset by job."""
    query = select(col(Job.id), col(Job.dataset_id)).where(
        col(Job.kind) == "evaluate", col(Job.dataset_id).in_(among)
    )
    with fleet.database.read() as session:
        return {job_id: str(dataset_id) for job_id, dataset_id in session.execute(query)}


def _lines(fleet: Fleet, nights: dict[str, str]) -> int:
    query = select(col(Evaluation.id)).where(col(Evaluation.job_id).in_(nights))
    with fleet.database.read() as session:
        return len(session.scalars(query).all())


PAIR = Experiment(
    13,
    "two schedulers, two dispatchers",
    pair,
    whole=Size(pictures=800, seconds=75, each=0.1),
    small=Size(pictures=40, each=0.01),
)
