"""`orrery up` as an operator runs it, and what can be done to it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cli import tether
from tests.servers import wait_until

ROOT = Path(__file__).parents[2]
#: Seconds that anything asked of a service may take.
PATIENCE = 240.0
#: What the command line of each kind of process holds.
KINDS = {
    "broker": "valkey-server",
    "API": "api.wsgi",
    "worker": "-m cli worker",
    "pool child": "spawn_main",
    "scheduler": "-m cli beat",
}


@dataclass(frozen=True, slots=True)
class Running:
    """A living process of the service."""

    pid: int
    command: str


class Service:
    """`orrery up` on a folder, started and stopped at will."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder, self.workers = folder, workers
        self.process: subprocess.Popen[str] | None = None
        self.seconds = 0.0
        self.key = ""
        self._client: httpx.Client | None = None

    @property
    def client(self) -> httpx.Client:
        """A client with the administrator's key."""
        assert self._client is not None
        return self._client

    def start(self, *arguments: str) -> None:
        """Start it and wait for its one line of JSON."""
        began = time.monotonic()
        # Tethered: a test run that is killed leaves no service behind.
        leash = [sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid())]
        self.process = subprocess.Popen(
            [*leash, *self.command("--json", "--port", "0", *arguments)],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.seconds = time.monotonic() - began
        if not line:
            raise AssertionError(self.process.communicate()[1])
        told = json.loads(line)
        self.key = told["api_key"]
        self._client = httpx.Client(
            base_url=told["url"], headers={"Authorization": f"Bearer {self.key}"}, timeout=PATIENCE
        )

    def command(self, *arguments: str) -> list[str]:
        """The command line of `orrery up` on this folder."""
        up = ["-m", "cli", "up", "--data", str(self.folder), "--workers", str(self.workers)]
        return [sys.executable, *up, *arguments]

    def kill(self) -> None:
        """Kill the supervisor, and see everything else go with it."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate()
        wait_until(lambda: not self.running(), "the end of every process")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop it in order; its exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def running(self) -> list[Running]:
        """The living processes that were started for this folder, orphans too."""
        return list(_processes_of(self.folder))

    def of_kind(self, kind: str) -> list[Running]:
        """The living processes of one kind."""
        return [it for it in self.running() if KINDS[kind] in it.command]

    def submit(self, pictures: Sequence[tuple[str, bytes]]) -> str:
        """Send a batch; the job's id. Like any client, repeats what got no answer."""
        files = [("images", picture) for picture in pictures]
        key = {"Idempotency-Key": os.urandom(8).hex()}
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.client.post("/v1/jobs/solve", files=files, headers=key)
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    break
            except httpx.TransportError:
                assert time.monotonic() < deadline
            threading.Event().wait(0.2)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        job_id: str = answer.json()["id"]
        return job_id

    def job(self, job_id: str) -> dict[str, Any]:
        """The job as it is now; empty while the API does not answer."""
        try:
            answer = self.client.get(f"/v1/jobs/{job_id}")
        except httpx.TransportError:
            return {}
        return answer.json() if answer.is_success else {}

    def wait_for_start(self, job_id: str) -> None:
        """Wait until a worker has begun with a job."""
        wait_until(lambda: bool(self.job(job_id).get("started_at")), "the job's start", PATIENCE)

    def wait(self, job_id: str, patience: float = PATIENCE) -> list[dict[str, Any]]:
        """The results of a job once it has ended, all pages of them."""
        wait_until(
            lambda: self.job(job_id).get("finished_at") is not None, f"job {job_id}", patience
        )
        return list(self._results(job_id))

    def _results(self, job_id: str) -> Iterator[dict[str, Any]]:
        cursor: dict[str, str] = {}
        while True:
            page = self.client.get(f"/v1/jobs/{job_id}/results", params={"limit": 100, **cursor})
            yield from page.json()["items"]
            if page.json()["next"] is None:
                return
            cursor = {"cursor": page.json()["next"]}


def environment() -> dict[str, str]:
    """The variables of a service under test: a short lease, for when all of it is killed."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ORRERY_")}
    return own | {"ORRERY_LEASE_SECONDS": "10", "ORRERY_CHUNK_SIZE": "8", "PYTHONPATH": str(ROOT)}


def _processes_of(folder: Path) -> Iterator[Running]:
    marker = f"ORRERY_DATA_DIR={folder}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            # The broker writes its title over its variables, but it works in its folder.
            ours = marker in variables or (process / "cwd").readlink().is_relative_to(folder)
        except OSError:
            continue
        if ours and command:
            yield Running(int(process.name), command)
