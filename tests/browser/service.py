"""A real service for the browser: gunicorn, Valkey, a dispatcher and a worker that solves toys."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from store import keys
from tests.browser.toys import Toy, draw
from tests.integration.worker.farm import PATIENCE, Farm
from tests.servers import answers, free_port, wait_until


class Service(Farm):
    """The parts of the service, on one database and one broker; `key` is an administrator's."""

    def __init__(self, database_url: str, folder: Path) -> None:
        super().__init__(database_url, folder)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.gates = folder / "gates"
        self.gates.mkdir()
        with self.database.begin() as session:
            row, self.key = keys.create(session, "Ada", ["admin"])
            self.key_id = row.id

    def begin(self) -> None:
        """Start everything and wait until it answers."""
        self.start("api", "--port", self.url.rpartition(":")[2], "--workers", "1")
        self.start("beat")
        self.start_worker("--concurrency", "1", "--queues", "solve,isolated,maintenance")
        wait_until(lambda: answers(f"{self.url}/readyz"), "the API's start", PATIENCE)

    def toys(self, *several: Toy) -> dict[str, bytes]:
        """Toys as files by their names."""
        return {f"{number:03}.png": draw(toy) for number, toy in enumerate(several)}

    def solve(self, several: Sequence[Toy]) -> str:
        """Submit toys without a browser; the job's id."""
        return self.accept("solve", self.toys(*several))

    def accept(self, kind: str, files: Mapping[str, bytes]) -> str:
        """Accept a job over files, and send its chunks; its id."""
        from store import dispatch, jobs

        items = [jobs.NewItem(name, self.blobs.put(data)) for name, data in files.items()]
        with self.database.begin() as session:
            job, _ = jobs.accept(session, self.key_id, kind, items, chunk_size=4)
            sent = dispatch.dispatchable(session, 1_000, job_id=job.id)
            dispatch.mark_published(session, [chunk_id for chunk_id, _ in sent])
        assert self.publisher.publish([chunk_id for chunk_id, _ in sent])
        return job.id

    def gate(self, name: str) -> Path:
        """A file that toys wait for until somebody touches it."""
        return self.gates / name

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {
            "ORRERY_SOLVER": "tests.browser.toy_solver:load",
            "ORRERY_EVENT_STREAMS": "4",
        }
