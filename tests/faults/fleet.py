"""A whole service of real processes over real servers, for an experiment to break."""

import os
import secrets
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from store import jobs, keys, migrate, presence
from store.blobs import Blobs
from store.broker import Publisher
from store.session import Database, open_database
from store.states import OPEN_JOB
from store.tables import Job
from tests.faults import clocks, disks, oracle
from tests.faults.errors import FaultsError
from tests.faults.processes import Keeper, Part
from tests.faults.shape import PLAIN, Shape
from tests.faults.vision import picture
from tests.servers import Postgres, Valkey, free_port, scratch, wait_until

ROOT = Path(__file__).parents[2]
#: A micro-batch that takes longer than this ends its process, also one that was frozen so long.
BATCH_SECONDS = 600.0
CHUNK = 16
MICRO_BATCH = 4
#: Starts of a part after which it will not get better.
HOPELESS = 4
#: Seconds that anything may take, on however slow a machine; only what never comes takes so long.
PATIENCE = 600.0
#: The server may end a connection that rests just when a request is sent on it: each has its own.
LIMITS = httpx.Limits(max_keepalive_connections=0)
#: Seconds until the night begins for the schedule: none begins by itself while a fleet runs.
NIGHT = 12 * 3600


class Fleet:
    """API, workers and schedulers over one database and one broker; all of them stay alive."""

    def __init__(self, held: ExitStack, kind: str, shape: Shape) -> None:
        self.kind, self.shape, self._held = kind, shape, held
        self.folder = self._held.enter_context(scratch())
        self.points = self._made("points")
        self.clocks = clocks.Clocks(self._made("clocks")) if shape.shifting else None
        self.disk = disks.small(self._held, shape.room) if shape.room else self.folder
        self.valkey = self._valkey()
        self._held.callback(self.valkey.kill)
        self.postgres = self._postgres() if kind == "postgresql" else None
        self.url = self.postgres.url("orrery") if self.postgres else self._sqlite()
        migrate.upgrade(self.url)
        self.database: Database = open_database(self.url)
        self._held.callback(self.database.dispose)
        oracle.observe(self.database)
        self.blobs = Blobs(str(self.disk / "blobs"))
        self.publisher = Publisher(self.valkey.url)
        self._held.callback(self.publisher.close)
        with self.database.begin() as session:
            row, self.key = keys.create(session, "faults", ["admin"])
        self.key_id = row.id
        self.address = f"http://{self._api_host()}:{free_port()}"
        self.accepted: dict[str, list[str]] = {}
        self.client = self._held.enter_context(self.new_client())
        self.keeper = Keeper()
        self._held.callback(self.keeper.stop)

    def _made(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    def _api_host(self) -> str:
        return "127.0.0.1"

    def _valkey(self) -> Valkey:
        return Valkey(self._made("valkey"))

    def _postgres(self) -> Postgres:
        preload = self.clocks.variables("database") if self.clocks else {}
        server = Postgres(self._made("postgres"), preload)
        self._held.callback(server.stop)
        server.execute("CREATE DATABASE orrery")
        return server

    def _sqlite(self) -> str:
        return f"sqlite:///{self.folder / 'orrery.db'}"

    def start(self) -> None:
        """Start every part, and wait until all of them are ready."""
        python = [sys.executable, "-P", "-m"]
        host = self.address.removeprefix("http://")
        gunicorn = ["gunicorn", "-c", "python:api.gunicorn_conf", "--bind", host, "--workers", "2"]
        self._add("api", "api", [*python, *gunicorn, "tests.faults.doomed:app()"])
        for number in range(self.shape.workers):
            name = f"worker-{number}"
            options = ["--concurrency", str(self.shape.children), "--name", name]
            self._add("worker", name, [*python, "cli", "worker", *options])
        for number in range(self.shape.schedulers):
            self._add("scheduler", f"scheduler-{number}", [*python, "cli", "beat"])
        for part in self.keeper.parts:
            part.start()
        self.keeper.start()
        wait_until(lambda: self.ready() or self._hopeless(), "the API", PATIENCE)
        self.wait_for_workers()

    def _hopeless(self) -> bool:
        """Whether a part dies whenever it is started; raises FaultsError with its last words."""
        for part in self.keeper.parts:
            if part.starts > HOPELESS:
                raise FaultsError(f"{part.name} does not start:\n{self.log(part.name)[-800:]}")
        return False

    def _add(self, role: str, name: str, command: list[str]) -> None:
        log = self.folder / f"{name}.log"
        self.keeper.parts.append(Part(name, command, self._environment(role), log))

    def _environment(self, role: str) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("ORRERY_")}
        own |= self.clocks.variables(role) if self.clocks else {}
        return own | {
            "PYTHONPATH": str(ROOT),
            "FAULTS_POINTS": str(self.points),
            "ORRERY_SOLVER": "tests.faults.vision:load",
            "ORRERY_DATA_DIR": str(self.folder),
            "ORRERY_DATABASE_URL": self.url,
            "ORRERY_BROKER_URL": self.valkey.url,
            "ORRERY_BLOB_URL": str(self.disk / "blobs"),
            "ORRERY_MIN_FREE_BYTES": "0",
            "ORRERY_LEASE_SECONDS": str(self.shape.lease),
            "ORRERY_CHUNK_SIZE": str(CHUNK),
            "ORRERY_MICRO_BATCH": str(MICRO_BATCH),
            "ORRERY_BATCH_SECONDS": str(BATCH_SECONDS),
            "ORRERY_RATE_LIMIT": "1000000/minute",
            "ORRERY_MAX_PENDING_PER_KEY": "100000",
            "ORRERY_NIGHTLY": time.strftime("%H:%M", time.localtime(time.time() + NIGHT)),
            **self.shape.variables,
        }

    def part(self, name: str) -> Part:
        """The first part whose name begins so."""
        return self.of(name)[0]

    def of(self, name: str) -> list[Part]:
        """The parts whose names begin so."""
        return [part for part in self.keeper.parts if part.name.startswith(name)]

    def victims(self) -> list[int]:
        """Main processes and their children, of all parts."""
        return [pid for part in self.keeper.parts for pid in part.pids()]

    def wait_for_workers(self) -> None:
        """Wait until every process of every pool has its model."""
        wanted = self.shape.workers * self.shape.children
        wait_until(lambda: len(self._greeters()) >= wanted, "the workers' hellos", PATIENCE)

    def _greeters(self) -> set[int]:
        here = {pid for part in self.of("worker") for pid in part.pids()[1:]}
        return here & {int(name.split(":")[1]) for name in presence.present(self.valkey.url)}

    def new_client(self, timeout: float = 60.0) -> httpx.Client:
        """A client with the administrator's key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=timeout, limits=LIMITS)

    def ready(self) -> bool:
        """Whether the API answers and has all it needs."""
        try:
            return self.client.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def post(
        self,
        texts: Sequence[str],
        key: str | None = None,
        client: httpx.Client | None = None,
        mark: str | None = None,
    ) -> httpx.Response:
        """Send pictures once; a job that was accepted is noted. Raises httpx.TransportError."""
        mark = mark or secrets.token_hex(6)
        files = [
            ("images", (f"{n}.png", picture(text, f"{mark}-{n}"))) for n, text in enumerate(texts)
        ]
        headers = {"Idempotency-Key": key} if key else {}
        answer = (client or self.client).post("/v1/jobs/solve", files=files, headers=headers)
        if answer.status_code == httpx.codes.ACCEPTED:
            self.accepted[answer.json()["id"]] = list(texts)
        return answer

    def submit(self, texts: Sequence[str], client: httpx.Client | None = None) -> str:
        """Send pictures as a patient client: under one key, until they are accepted; the job."""
        key, mark = secrets.token_hex(8), secrets.token_hex(6)
        answers: list[httpx.Response] = []

        def accepted() -> bool:
            try:
                answers.append(self.post(texts, key, client, mark))
            except httpx.TransportError:
                threading.Event().wait(0.1)
                return False
            return answers[-1].status_code != httpx.codes.SERVICE_UNAVAILABLE

        wait_until(accepted, "acceptance", PATIENCE)
        assert answers[-1].status_code == httpx.codes.ACCEPTED, answers[-1].text
        job_id: str = answers[-1].json()["id"]
        return job_id

    def job(self, job_id: str) -> Job:
        """The job as the database has it."""
        with self.database.read() as session:
            return jobs.get(session, None, job_id)

    def wait(self, job_id: str, patience: float = PATIENCE) -> Job:
        """Wait until a job has ended."""
        self.wait_for(job_id, lambda job: job.status not in OPEN_JOB, patience)
        return self.job(job_id)

    def wait_for(
        self, job_id: str, state: Callable[[Job], bool], patience: float = PATIENCE
    ) -> None:
        """Wait until a job looks as it should."""
        wait_until(lambda: state(self.job(job_id)), f"job {job_id}", patience)

    def wait_for_results(self, job_id: str, count: int) -> None:
        """Wait until a job has so many results, or has ended."""
        self.wait_for(job_id, lambda job: job.done >= count or job.status not in OPEN_JOB)

    def drain(self) -> float:
        """Wait until every job there is has ended; the seconds until then."""
        began = time.monotonic()
        self.wait_all()
        return time.monotonic() - began

    def wait_all(self, patience: float = PATIENCE) -> None:
        """Wait until every job there is has ended."""
        wait_until(lambda: not oracle.open_jobs(self.database), "the end of all jobs", patience)

    def log(self, name: str) -> str:
        """What the parts whose names begin so have written."""
        return "".join(
            part.log.read_text("utf-8", "replace") for part in self.of(name) if part.log.exists()
        )

    def keep_logs(self, place: Path) -> None:
        """Copy the logs to where they outlive the fleet."""
        place.mkdir(parents=True, exist_ok=True)
        for log in self.folder.glob("*.log"):
            shutil.copy(log, place)


@contextmanager
def running(kind: str, shape: Shape = PLAIN) -> Iterator[Fleet]:
    """A fleet that works while the block runs; then everything is killed and forgotten."""
    with ExitStack() as held:
        fleet = Fleet(held, kind, shape)
        fleet.start()
        yield fleet
