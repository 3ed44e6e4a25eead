"""The embedded service: which programs it is made of, and when it is ready."""

import http.client
import logging
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import cli
from cli import valkey
from cli.datafolder import DataFolder
from cli.errors import CliError
from cli.supervisor import Program, Supervisor, tail
from store import keys, migrate, presence
from store.queues import QUEUES, TRAIN
from store.session import open_database
from store.settings import Settings, load_settings

log = logging.getLogger(__name__)

#: What the workers serve. The trainer is a process of its own, so that solving never waits for it.
SOLVING = ",".join(queue for queue in QUEUES if queue != TRAIN)
#: Seconds between two looks at the programs.
GLANCE = 0.1
#: A program that died this often before the service was ready will not get better.
HOPELESS = 4
#: Seconds that a port may still belong to a service that was killed just now.
PORT_PATIENCE = 2.0
#: Seconds that each part has to stop.
API_GRACE, BEAT_GRACE, WORKER_GRACE, BROKER_GRACE = 5.0, 5.0, 15.0, 5.0


class Service:
    """Broker, API, workers, trainer and scheduler on one machine, each a process of its own."""

    def __init__(self, folder: DataFolder, host: str, port: int, workers: int) -> None:
        self.folder, self.host, self.workers = folder, host, workers
        self.port = _listenable(host, port)
        self.url = f"http://{_reachable(host)}:{self.port}"
        self.key = ""
        self._broker = valkey.prepare(folder.broker)
        os.environ.update(
            ORRERY_DATA_DIR=str(folder.root),
            ORRERY_BROKER_URL=self._broker.url,
            ORRERY_URL=self.url,
            PROMETHEUS_MULTIPROC_DIR=str(folder.metrics),
        )
        self._settings = load_settings()
        self._environment = _environment(self._settings, workers)
        self._supervisor = Supervisor(log.warning)

    def start(self, stop: threading.Event) -> None:
        """Start every part, the database brought up to date and the key made first.

        Raises StoreError where the database cannot be used.
        """
        self.folder.forget_metrics()
        self.folder.address_file.write_text(self.url + "\n", "ascii")
        self._supervisor.start([self._program("broker", self._broker.command, 2, BROKER_GRACE)])
        self.key = _set_up_database(self._settings, self.folder)
        self._await_broker(stop)
        api = _orrery("api", "--host", self.host, "--port", str(self.port))
        parts = [self._program("api", api, 0, API_GRACE)]
        parts += [self._worker(f"worker-{n}", SOLVING) for n in range(1, self.workers + 1)]
        parts.append(self._program("beat", _orrery("beat"), 1, BEAT_GRACE))
        self._supervisor.start(parts)

    def _await_broker(self, stop: threading.Event) -> None:
        """Wait until the broker answers; hellos that it kept from an earlier start are void."""
        while not presence.forget_all(self._broker.url) and not stop.wait(GLANCE):
            self._check()

    def _check(self) -> None:
        self._supervisor.tend()
        worst = self._supervisor.worst()
        if worst.deaths >= HOPELESS:
            log = worst.program.log
            raise CliError(f"{worst.program.name} does not start; {log} ends:\n{tail(log)}")

    def wait_until_ready(self, stop: threading.Event) -> bool:
        """Wait until a first job would run at once; False when told to stop before.

        Raises CliError when a part does not come up.
        """
        while not stop.wait(GLANCE):
            self._check()
            if presence.present(self._broker.url) and self._answers():
                # Nobody waits for this one, so it does not hold up the others' start.
                self._supervisor.start([self._worker("trainer", TRAIN)])
                return True
        return False

    def watch(self, stop: threading.Event) -> None:
        """Keep every part running until told to stop."""
        while not stop.wait(GLANCE):
            self._supervisor.tend()

    def stop(self) -> None:
        """Stop every part: first the API, then workers and scheduler, the broker last."""
        self._supervisor.stop()
        self.folder.address_file.unlink(missing_ok=True)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(_reachable(self.host), self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _worker(self, name: str, queues: str) -> Program:
        command = _orrery("worker", "--name", name, "--queues", queues)
        return self._program(name, command, 1, WORKER_GRACE)

    def _program(self, name: str, command: tuple[str, ...], stage: int, grace: float) -> Program:
        log = self.folder.logs / f"{name}.log"
        return Program(name, command, self._environment, log, stage, grace)


def _set_up_database(settings: Settings, folder: DataFolder) -> str:
    """Bring the database up to date; gives the administrator's key, made where there is none."""
    migrate.upgrade(settings.database_url)
    database = open_database(settings.database_url)
    preset = settings.api_key.get_secret_value() if settings.api_key else None
    try:
        with database.begin() as session:
            key = preset or folder.kept_key()
            if key is None:
                _, key = keys.create(session, "administrator", ["admin"])
                folder.keep_key(key)
            keys.ensure(session, key)
            return key
    finally:
        database.dispose()


def _orrery(*arguments: str) -> tuple[str, ...]:
    # -P: a folder named `cli` where the user stands is not ours.
    return (sys.executable, "-P", "-m", "cli", *arguments)


def _environment(settings: Settings, workers: int) -> Mapping[str, str]:
    threads = str(settings.threads or max(1, (os.cpu_count() or 1) // workers))
    packages = str(Path(cli.__file__).parent.parent)
    given = {name: value for name, value in os.environ.items() if name != "ORRERY_API_KEY"}
    return {
        # Threads that wait by spinning would take the cores from the other processes.
        "OMP_WAIT_POLICY": "passive",
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "ORRERY_LEASE_SECONDS": "20",
        **given,
        "ORRERY_THREADS": threads,
        "ORRERY_DATABASE_URL": settings.database_url,
        "ORRERY_BLOB_URL": settings.blob_url,
        "PYTHONPATH": os.pathsep.join(filter(None, (packages, os.environ.get("PYTHONPATH")))),
        "PYTHONUNBUFFERED": "1",
    }


def _listenable(host: str, port: int) -> int:
    if port == 0:
        return valkey.free_port()
    end = time.monotonic() + PORT_PATIENCE
    while not valkey.is_free(host, port):
        if time.monotonic() < end:
            time.sleep(GLANCE)
            continue
        raise CliError(
            f"port {port} on {host} cannot be listened on, probably another program has it; "
            "choose another one with --port, or --port 0 for any that is free"
        )
    return port


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("", "0.0.0.0") else host  # noqa: S104 - compared, not bound
