"""What one process of a worker's pool holds: its model, its connections, its name."""

import os
import socket
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from store.blobs import Blobs
from store.session import Database, open_database
from store.settings import Settings, settings
from store.states import JobKind
from worker.executors.dataset_check import DatasetCheck
from worker.executors.pictures import Pictures
from worker.patience import patiently
from worker.presence import Presence
from worker.run import Runner
from worker.settings import WorkerSettings
from worker.solvers import Solvers, loader
from worker.truths import Truths

#: Seconds that a new process waits for the database.
PATIENCE = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the pool, ready to work."""

    settings: Settings
    database: Database
    truths: Truths
    runner: Runner
    presence: Presence
    draining: threading.Event


@lru_cache(maxsize=1)
def here() -> Process:
    """Give this process, made ready at the first call: model loaded and registered.

    Raises SolverError where the model cannot be loaded.
    """
    return make(settings(), WorkerSettings())


def make(settings: Settings, worker: WorkerSettings) -> Process:
    """Load the model, register it, and put together what carries out chunks."""
    draining = threading.Event()
    database, blobs = open_database(settings.database_url), Blobs(settings.blob_url)
    load = loader(worker.solver, settings.device, settings.threads)
    solvers = Solvers(database, load, settings.model)
    patiently(solvers.register, PATIENCE, draining)
    truths = Truths(database, blobs)
    pictures, check = Pictures(solvers, blobs, truths), DatasetCheck(database, truths)
    name = owner(os.getpid())
    runner = Runner(
        database=database,
        executors={JobKind.SOLVE: pictures, JobKind.EVALUATE: pictures, JobKind.IMPORT: check},
        choose_model=solvers.chosen,
        owner=name,
        lease_seconds=settings.lease_seconds,
        micro_batch=worker.micro_batch,
        batch_seconds=worker.batch_seconds,
        draining=draining,
    )
    presence = Presence(settings.broker_url, name, solvers.default.model_id)
    return Process(settings, database, truths, runner, presence, draining)


def owner(pid: int) -> str:
    """How a process of this machine signs its leases."""
    return f"{socket.gethostname()}:{pid}"


def sacrifice() -> None:
    """Where memory runs out, let the kernel end this process rather than a database."""
    preference = Path("/proc/self/oom_score_adj")
    if preference.exists():
        preference.write_text("500", "ascii")
