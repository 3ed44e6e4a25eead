"""A labelled dataset and a small model in a store, and a process that trains on them."""

import threading
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from solver import load_solver
from store import datasets, dispatch, jobs, keys, models, results
from store.blobs import Blobs
from store.datasets import NewImage
from store.jobs import NewItem
from store.session import Database
from store.settings import Settings
from store.tables import Job, Model, Result
from worker.executors import LongExecutor
from worker.executors.retrain import Retrain
from worker.model_store import ModelStore
from worker.run import Runner
from worker.solvers import Solver, Solvers
from worker.truths import Truths

#: What a training of two epochs tells as its stages.
PARAMS = {"kind": "full", "epochs": 1, "seed": 3, "name": "mine", "promote": None}


class School:
    """One machine that trains: a store, a champion, and a dataset that is ready."""

    def __init__(self, database: Database, folder: Path, puzzles: Path, model: Path) -> None:
        self.database = database
        self.settings = Settings(data_dir=folder, blob_url=str(folder / "blobs"), nightly="")
        self.blobs = Blobs(self.settings.blob_url)
        self.draining = threading.Event()
        self.truths = Truths(database, self.blobs)
        store = ModelStore(database, self.blobs, folder / "models")
        self.solvers = Solvers(database, _load, str(model), store)
        self.solvers.register()
        self.champion = self.solvers.default.model_id
        with database.begin() as session:
            self.key_id = keys.create(session, "school", ["admin"])[0].id
        self.dataset_id = self.upload(puzzles)

    def upload(self, puzzles: Path, count: int | None = None) -> str:
        """Put a folder of puzzles into the store, as an upload and its check would."""
        names = sorted(path.relative_to(puzzles).as_posix() for path in puzzles.rglob("*.png"))
        names += sorted(path.relative_to(puzzles).as_posix() for path in puzzles.rglob("*.jpg"))
        images = [
            NewImage(name, self.blobs.put((puzzles / name).read_bytes())) for name in names[:count]
        ]
        labels = self.blobs.put((puzzles / "labels.json").read_bytes())
        with self.database.begin() as session:
            row = datasets.create(session, self.key_id, "d", f"{len(images):064}", labels, images)
            datasets.checked(session, row.id, status="ready", puzzles=len(images), problems=[])
        return row.id

    def submit(self, **params: object) -> tuple[str, int]:
        """Accept a retrain job; its id and its chunk's."""
        dataset_id = str(params.pop("dataset_id", self.dataset_id))
        with self.database.begin() as session:
            labels = datasets.get(session, None, dataset_id).labels
            job, _ = jobs.accept(
                session,
                self.key_id,
                "retrain",
                [NewItem("d", labels)],
                chunk_size=1,
                params=PARAMS | params,
                dataset_id=dataset_id,
            )
            [(chunk_id, _)] = dispatch.dispatchable(session, 10, job_id=job.id)
        return job.id, chunk_id

    def runner(
        self, wrap: Callable[[LongExecutor], LongExecutor] = lambda retrain: retrain
    ) -> Runner:
        """A worker process that trains, here."""
        retrain = Retrain(
            self.database, self.blobs, self.truths, self.solvers, self.settings, 600.0
        )
        return Runner(
            database=self.database,
            executors={},
            choose_model=self.solvers.chosen,
            owner="school",
            lease_seconds=30.0,
            micro_batch=8,
            draining=self.draining,
            long={"retrain": wrap(retrain)},
        )

    def job(self, job_id: str) -> Job:
        """The job as it is now."""
        with self.database.read() as session:
            return jobs.get(session, None, job_id)

    def results(self, job_id: str) -> list[Result]:
        """Its results."""
        with self.database.read() as session:
            return list(results.stream(session, job_id))

    def models(self) -> dict[str, Model]:
        """The registry."""
        with self.database.read() as session:
            return {model.id: model for model in models.page(session, 100).items}


def _load(ref: str | None) -> Solver:
    return load_solver(ref, "cpu", 1)


def blank(path: Path) -> Path:
    """A picture that is no puzzle."""
    Image.new("RGB", (1000, 400), "white").save(path)
    return path
