"""What one process of a worker's pool holds: its model, its connections, its name."""

import threading
from dataclasses import dataclass
from pathlib import Path

from solver.model import choose_device
from store.blobs import Blobs
from store.presence import WORKER, Hello
from store.session import Database, open_database
from store.settings import Settings, settings
from store.states import JobKind
from worker import schedule
from worker.errors import WorkerError
from worker.executors.dataset_check import DatasetCheck
from worker.executors.pictures import Pictures
from worker.executors.retrain import Retrain
from worker.finish import Finisher
from worker.model_store import ModelStore
from worker.patience import patiently
from worker.presence import Presence
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
    presence: Presence
    draining: threading.Event

    def run_chunk(self, chunk_id: int) -> None:
        """Carry out a chunk; where it was the last of an evaluation, end that."""
        lease = self.runner.run(chunk_id)
        if lease is not None and lease.job.kind == JobKind.EVALUATE:
            self.finisher.finish(lease.job.id)

    def run_schedules(self) -> None:
        """Start what is due, and end the evaluations that nobody ended."""
        schedule.run(self.database, self.settings)
        self.finisher.finish_all()


_prepared: list[Process] = []


def prepare(owner: str) -> Process:
    """Make this process ready: model loaded and registered. Raises SolverError."""
    sacrifice()
    _prepared[:] = [make(settings(), WorkerSettings(), owner)]
    return here()


def here() -> Process:
    """What this process holds; raises WorkerError where it could not be made ready."""
    if not _prepared:
        raise WorkerError("this process has no model; the log says why it could not be loaded")
    return _prepared[0]


def make(settings: Settings, worker: WorkerSettings, owner: str) -> Process:
    """Load the model, register it, and put together what carries out chunks."""
    draining = threading.Event()
    database, blobs = open_database(settings.database_url), Blobs(settings.blob_url)
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
        micro_batch=worker.micro_batch,
        draining=draining,
        long={JobKind.RETRAIN: retrain},
        stopwatch=stopwatch,
    )
    hello = Hello(owner, solvers.default.model_id, choose_device(settings.device))
    presence = Presence(settings.broker_url, WORKER, hello)
    finisher = Finisher(database, blobs, truths, settings)
    return Process(settings, database, finisher, runner, presence, draining)


def sacrifice() -> None:
    """Where memory runs out, let the kernel end this process rather than a database."""
    preference = Path("/proc/self/oom_score_adj")
    if preference.exists():
        preference.write_text("500", "ascii")
