"""Processes of the service: started, killed, frozen, and started again whenever they die."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cli import tether

#: Seconds between two looks at who has died.
GLANCE = 0.05


@dataclass(slots=True)
class Part:
    """A program of the service, and the process that runs it at the moment.

    `descriptors`: open files of ours that it has as well.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    descriptors: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        """Start it; it dies with the process that runs the experiment."""
        leash = [sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid())]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*leash, *self.command],
                env=dict(self.environment),
                stdout=log,
                stderr=log,
                pass_fds=self.descriptors,
                start_new_session=True,
            )
        self.starts += 1

    @property
    def pid(self) -> int:
        """The main process."""
        assert self.process is not None
        return self.process.pid

    def pids(self) -> list[int]:
        """The main process and those that do its work."""
        return [self.pid, *(pid for pid in children(self.pid) if _works(pid))]

    def kill_all(self) -> None:
        """Kill the main process and whatever it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(slots=True)
class Keeper:
    """Starts every part again that died, as a supervisor or a container's engine would."""

    parts: list[Part] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(GLANCE):
            for part in list(self.parts):
                if part.process is not None and part.process.poll() is not None:
                    # What a dead main process leaves behind must not work beside the new one.
                    part.kill_all()
                    part.start()

    def stop(self) -> None:
        """Look no more, and kill every part."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        for part in self.parts:
            part.kill_all()


def children(pid: int) -> list[int]:
    """The processes that a process started and that live."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(it) for thread in threads for it in (thread / "children").read_text().split()]
    except OSError:
        return []


def _works(pid: int) -> bool:
    """Whether a child is one of a pool or of gunicorn, and not one that only keeps semaphores."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"spawn_main" in command or b"gunicorn" in command


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> bool:
    """Send a signal; whether the process was still there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def memory(pid: int) -> float:
    """The memory that a process holds in RAM, in MiB; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGESIZE") / 2**20
