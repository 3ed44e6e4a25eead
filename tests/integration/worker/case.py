"""A small service in one process: a dataset in the store, and a worker's way with every chunk."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from solver.solution import Json
from store import datasets, evaluations, jobs, keys, models
from store.blobs import Blobs
from store.datasets import NewImage
from store.dispatch import dispatchable
from store.session import Database
from store.settings import Settings
from store.tables import Dataset, Evaluation, Job, Model
from tests.integration.worker.fake_solver import load
from worker.executors.dataset_check import DatasetCheck
from worker.executors.pictures import Pictures
from worker.finish import Finisher
from worker.run import Runner
from worker.solvers import Solvers
from worker.truths import Truths

MODEL = "fake@0123456789ab"


@dataclass(frozen=True)
class Puzzle:
    """What a picture says to the fake solver, and what its label says."""

    picture: str
    answer: int
    digit: int = 3
    split: str | None = None


#: Three puzzles of which the first two are answered right.
THREE = (Puzzle("tile 1", 1), Puzzle("tile 2", 2), Puzzle("tile 4", 3))


class Case:
    """Some puzzles, marked for every night."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        blobs: Blobs,
        puzzles: Sequence[Puzzle] = THREE,
    ) -> None:
        self.settings, self.database, self.blobs = settings, database, blobs
        self.truths = Truths(database, blobs)
        self.finisher = Finisher(database, blobs, self.truths, settings)
        solvers = Solvers(database, lambda ref: load(ref, "cpu", 1))
        solvers.register()
        pictures = Pictures(solvers, blobs, self.truths, batch_seconds=60)
        self.runner = Runner(
            database=database,
            executors={
                "solve": pictures,
                "evaluate": pictures,
                "import": DatasetCheck(database, self.truths),
            },
            choose_model=solvers.chosen,
            owner="test",
            lease_seconds=30,
            micro_batch=2,
            draining=threading.Event(),
        )
        images = [
            NewImage(f"images/{n}.png", blobs.put(f"{puzzle.picture} #{n}".encode()))
            for n, puzzle in enumerate(puzzles, 1)
        ]
        tasks = [task(n, puzzle) for n, puzzle in enumerate(puzzles, 1)]
        labels = blobs.put(json.dumps(tasks).encode())
        with database.begin() as session:
            self.key_id = keys.create(session, "tests", ["admin"])[0].id
            dataset = datasets.create(
                session, self.key_id, "three", "v1", labels, images, nightly=True
            )
            self.dataset_id = dataset.id
            jobs.accept(
                session,
                self.key_id,
                "import",
                [jobs.NewItem("labels.json", labels)],
                chunk_size=1,
                dataset_id=dataset.id,
            )
        self.work()

    def work(self) -> None:
        """Carry out every chunk there is, as a worker would."""
        with self.database.begin() as session:
            waiting = dispatchable(session, 1000, republish_after=-1)
        for chunk_id, queue in waiting:
            if queue != "train":
                self.runner.run(chunk_id)

    def training(self, session: Session) -> Job:
        """A retrain job over the dataset."""
        item = jobs.NewItem("labels.json", self.dataset().labels)
        job, _ = jobs.accept(
            session, self.key_id, "retrain", [item], chunk_size=1, dataset_id=self.dataset_id
        )
        return job

    def add_model(self, name: str, folder: Path) -> Model:
        """Register a fake of this name as a candidate."""
        (folder / name).mkdir()
        with self.database.begin() as session:
            return models.register(session, f"{name}@0123456789ab", name, path=str(folder / name))

    def model(self, name: str) -> Model:
        """A model as it is now."""
        with self.database.read() as session:
            return models.get(session, name)

    def dataset(self) -> Dataset:
        """The dataset as it is now."""
        with self.database.read() as session:
            return datasets.get(session, None, self.dataset_id)

    def jobs(self) -> list[Job]:
        """Every evaluation."""
        with self.database.read() as session:
            return jobs.page(session, None, 50, kind="evaluate").items

    def log(self) -> list[Evaluation]:
        """The accuracy log, newest first."""
        with self.database.read() as session:
            return evaluations.page(session, None, 50).items

    def accuracies(self) -> list[float | None]:
        """The accuracies in the log."""
        return [row.accuracy for row in self.log()]


def task(number: int, puzzle: Puzzle) -> Json:
    """A label that names its answer; the `+` of each tile fills it."""
    regions = [_region(str(puzzle.digit), 5.0, 60.0, 3.0, 10.0)]
    regions += [_region("+", 20.0 * n, 0.0, 20.0, 50.0) for n in range(5)]
    answer = {"choices": [str(puzzle.answer)]}
    regions.append({"type": "choices", "from_name": "answer", "value": answer})
    data = {"image": f"images/{number}.png"} | ({"split": puzzle.split} if puzzle.split else {})
    return {
        "id": number,
        "data": data,
        "annotations": [{"was_cancelled": False, "result": regions}],
    }


def _region(label: str, x: float, y: float, width: float, height: float) -> Json:
    box = {"x": x, "y": y, "width": width, "height": height, "rotation": 0}
    return {
        "type": "rectanglelabels",
        "original_width": 1000,
        "original_height": 400,
        "value": box | {"rectanglelabels": [label]},
    }
