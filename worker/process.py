"""What one process of a worker's pool holds: its model, its connections, its name."""

import threading
from dataclasses import dataclass
from functools import cache

from solver.model import choose_device
from store.blobs import Blobs
from store.presence import Hello
from store.session import Database, open_database
from store.settings import Settings, settings
from store.states import JobKind
from worker import schedule
from worker.executors.dataset_check import DatasetCheck
from worker.executors.pictures import Pictures
from worker.executors.retrain import Retrain
from worker.finish import Finisher
from worker.model_store import ModelStore
from worker.patience import patiently
from worker.run import Runner
from worker.settings import WorkerSettings
from worker.solvers import Solvers, loader
from worker.stopwatch import Stopwatch
from worker.truths import Truths

#: Seconds that a new process waits for the database.
PATIENCE = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the pool, ready to work."""

    settings: Settings
    database: Database
    finisher: Finisher
    runner: Runner
    hello: Hello

    def run_chunk(self, chunk_id: int) -> None:
        """Carry out a chunk; where it was the last of an evaluation, end that."""
        lease = self.runner.run(chunk_id)
        if lease is not None and lease.job.kind == JobKind.EVALUATE:
            self.finisher.finish(lease.job.id)

    def run_schedules(self) -> None:
        """Start what is due, and end the evaluations that nobody ended."""
        schedule.run(self.database, self.settings)
        self.finisher.finish_all()


@cache
def here(owner: str, draining: threading.Event) -> Process:
    """What this process holds, made at the first call. Raises SolverError, WorkerError."""
    return make(settings(), WorkerSettings(), owner, draining)


def make(
    settings: Settings, worker: WorkerSettings, owner: str, draining: threading.Event
) -> Process:
    """Load the model, register it, and put together what carries out chunks until `draining`."""
    database, blobs = open_database(settings.database_url), Blobs(settings.blob_url)
    device = choose_device(settings.device)
    load = loader(worker.solver, settings.device, settings.threads)
    kept = ModelStore(database, blobs, settings.data_dir.absolute() / "models")
    solvers = Solvers(database, load, settings.model, kept)
    patiently(solvers.register, PATIENCE, draining)
    truths = Truths(database, blobs)
    stopwatch = Stopwatch()
    pictures = Pictures(solvers, blobs, truths, worker.batch_seconds, stopwatch)
    check = DatasetCheck(database, truths)
    silence = worker.train_silence_seconds
    retrain = Retrain(database, blobs, truths, solvers, settings, silence)
    runner = Runner(
        database=database,
        executors={JobKind.SOLVE: pictures, JobKind.EVALUATE: pictures, JobKind.IMPORT: check},
        choose_model=solvers.chosen,
        owner=owner,
        lease_seconds=settings.lease_seconds,
        micro_batch=worker.pictures_at_once(device),
        draining=draining,
        long={JobKind.RETRAIN: retrain},
        stopwatch=stopwatch,
    )
    hello = Hello(owner, solvers.default.model_id, device)
    finisher = Finisher(database, blobs, truths, settings)
    return Process(settings, database, finisher, runner, hello)
