"""A broker, a database and real worker processes with the fake solver, for many tests to share."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from cli import tether
from store import dispatch, jobs, keys, presence, results
from store.blobs import Blobs
from store.broker import Publisher
from store.jobs import NewItem
from store.session import Database, open_database
from store.settings import Settings
from store.tables import Chunk, Item, Job, Result
from tests.servers import Valkey, wait_until

ROOT = Path(__file__).parents[3]
#: Longer than any test: a busy process keeps its chunk, and a dead one loses it at once.
LEASE_SECONDS = 600.0
#: Seconds after which a micro-batch ends its process.
BATCH_SECONDS = 120.0
#: Seconds that a job may take.
PATIENCE = 150.0
CHUNK = 4


class Farm:
    """Runs `orrery worker` and `orrery beat` on one database and one broker."""

    def __init__(
        self, database_url: str, folder: Path, batch_seconds: float = BATCH_SECONDS
    ) -> None:
        self.folder, self.batch_seconds = folder, batch_seconds
        (folder / "valkey").mkdir(parents=True)
        self.valkey = Valkey(folder / "valkey")
        self.settings = Settings(
            data_dir=folder,
            database_url=database_url,
            broker_url=self.valkey.url,
            blob_url=str(folder / "blobs"),
            lease_seconds=LEASE_SECONDS,
            chunk_size=CHUNK,
            min_free_bytes=0,
        )
        self.database: Database = open_database(database_url)
        self.blobs = Blobs(self.settings.blob_url)
        self.publisher = Publisher(self.valkey.url)
        self.processes: list[subprocess.Popen[bytes]] = []
        with self.database.begin() as session:
            self.key_id = keys.create(session, "tests", ["admin"])[0].id

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a part of the service; it dies with the tests."""
        command = [sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid())]
        command += [sys.executable, "-P", "-m", "cli", *arguments]
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                command, env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def start_all(self) -> None:
        """Start a scheduler, and a worker of two processes."""
        self._scheduler = self.start("beat")
        self.start_worker("--concurrency", "2", "--queues", "solve,isolated,maintenance")

    @contextmanager
    def without_scheduler(self) -> Iterator[None]:
        """Have nobody send a message again or end a job but the workers, while the block runs."""
        self._scheduler.kill()
        self._scheduler.wait()
        try:
            yield
        finally:
            self._scheduler = self.start("beat")

    def start_worker(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a worker and wait until a process of its pool is ready."""
        process = self.start("worker", *arguments)
        wait_until(lambda: process.pid in self._greeters(), "a worker's hello", PATIENCE)
        return process

    def _greeters(self) -> set[int | None]:
        """The main processes of the pools that said hello."""
        kinds = (presence.WORKER, presence.TRAINER)
        names = [name for kind in kinds for name in presence.present(self.valkey.url, kind)]
        return {_parent(int(name.split(":")[1])) for name in names}

    def _environment(self) -> dict[str, str]:
        chosen = self.settings
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ORRERY_SOLVER": "tests.integration.worker.fake_solver:load",
            "ORRERY_DATA_DIR": str(chosen.data_dir),
            "ORRERY_DATABASE_URL": chosen.database_url,
            "ORRERY_BROKER_URL": chosen.broker_url,
            "ORRERY_BLOB_URL": chosen.blob_url,
            "ORRERY_LEASE_SECONDS": str(chosen.lease_seconds),
            "ORRERY_CHUNK_SIZE": str(chosen.chunk_size),
            "ORRERY_MICRO_BATCH": "2",
            "ORRERY_BATCH_SECONDS": str(self.batch_seconds),
            "ORRERY_GRACE_SECONDS": str(PATIENCE),
            "ORRERY_NIGHTLY": "",
            "ORRERY_LOG_JSON": "true",
        }

    def submit(
        self,
        pictures: Sequence[str],
        publish: bool = True,
        model: str | None = None,
        key_id: str | None = None,
    ) -> str:
        """Accept a solve job, as the API would; its id."""
        items = [
            NewItem(f"{n}.png", self.blobs.put(f"{text} #{n}".encode()))
            for n, text in enumerate(pictures)
        ]
        with self.database.begin() as session:
            key_id = key_id or self.key_id
            job, _ = jobs.accept(session, key_id, "solve", items, chunk_size=CHUNK, model=model)
            sent = dispatch.dispatchable(session, 1_000, job_id=job.id)
            dispatch.mark_published(session, [chunk_id for chunk_id, _ in sent])
        if publish:
            assert self.publisher.publish([chunk_id for chunk_id, _ in sent])
        return job.id

    def job(self, job_id: str) -> Job:
        """The job as it is now."""
        with self.database.read() as session:
            return jobs.get(session, None, job_id)

    def results(self, job_id: str) -> list[Result]:
        """The results there are, in order."""
        with self.database.read() as session:
            return list(results.stream(session, job_id))

    def chunk_ids(self, job_id: str) -> list[int]:
        """The chunks of a job that wait for a worker."""
        with self.database.read() as session:
            found = select(col(Chunk.id)).where(col(Chunk.job_id) == job_id)
            return list(session.scalars(found))

    def attempts(self, job_id: str) -> list[int]:
        """How often a worker died with each picture of a job."""
        with self.database.read() as session:
            found = select(col(Item.attempts)).where(col(Item.job_id) == job_id)
            return list(session.scalars(found))

    def wait(self, job_id: str, patience: float = PATIENCE) -> list[Result]:
        """The results of a job once it has ended."""
        self.wait_for(job_id, lambda job: job.finished_at is not None, patience)
        return self.results(job_id)

    def wait_for(
        self, job_id: str, condition: Callable[[Job], bool], patience: float = PATIENCE
    ) -> None:
        """Wait until a job looks as it should."""
        wait_until(lambda: condition(self.job(job_id)), f"job {job_id}", patience)

    def close(self) -> None:
        """Kill everything that was started."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.publisher.close()
        self.database.dispose()
        self.valkey.kill()


def process_at(gate: Path) -> int:
    """The process whose picture waits at a gate, once one does."""
    pid = Path(f"{gate}.pid")
    wait_until(lambda: pid.exists() and pid.read_text() != "", "a process at the gate", PATIENCE)
    return int(pid.read_text())


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
