"""A broker, a database and real worker processes with the fake solver, for many tests to share."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
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
#: A lease must be short where a test waits for its end.
LEASE_SECONDS = 3.0
#: A micro-batch that takes longer than this ends its process.
BATCH_SECONDS = 1.5
CHUNK = 4


class Farm:
    """Runs `orrery worker` and `orrery beat` on one database and one broker."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.folder = folder
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

    def start_worker(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a worker and wait until a process of its pool is ready."""
        process = self.start("worker", *arguments)
        wait_until(lambda: process.pid in self._greeters(), "a worker's hello")
        return process

    def _greeters(self) -> set[int]:
        """The main processes of the pools that said hello."""
        kinds = (presence.WORKER, presence.TRAINER)
        names = [name for kind in kinds for name in presence.present(self.valkey.url, kind)]
        children = [Path("/proc") / name.split(":")[1] for name in names]
        return {
            int((child / "stat").read_text().rpartition(")")[2].split()[1])
            for child in children
            if child.exists()
        }

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
            "ORRERY_BATCH_SECONDS": str(BATCH_SECONDS),
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

    def wait(self, job_id: str, patience: float = 30) -> list[Result]:
        """The results of a job once it has ended."""
        self.wait_for(job_id, lambda job: job.finished_at is not None, patience)
        return self.results(job_id)

    def wait_for(self, job_id: str, condition: Callable[[Job], bool], patience: float = 30) -> None:
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
