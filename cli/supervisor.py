"""Keeps a set of programs running: starts, restarts, bounds their logs, stops them in order."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cli import tether

#: Seconds before a program that died is started again: the first time, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
#: A program that ran this many seconds starts with a clean record.
SETTLED = 20.0
#: A log file past this many bytes moves to `NAME.log.1`, which it replaces.
LOG_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: `stage` orders the stop (low first), `grace` is seconds until SIGKILL."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    stage: int
    grace: float


@dataclass(slots=True)
class Child:
    """A program and the process that runs it at the moment."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    wake: float = 0.0

    def start(self) -> None:
        """Start the process, tethered to this one, its output appended to the log."""
        self.program.log.parent.mkdir(parents=True, exist_ok=True)
        command = (sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid()))
        with self.program.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                (*command, *self.program.command),
                env=dict(self.program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C on the terminal reaches the supervisor alone, which stops all in order.
                start_new_session=True,
            )
        self.started = time.monotonic()

    def died(self) -> int | None:
        """The exit status of a process that is gone, or None while it lives."""
        return self.process.poll() if self.process else None

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and to all that it started."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def schedule_restart(self, now: float) -> float:
        """Note one more death; the seconds until the next start."""
        self.deaths = 1 if now - self.started > SETTLED else self.deaths + 1
        pause = min(FIRST_PAUSE * 2.0 ** (self.deaths - 1), LONGEST_PAUSE)
        self.process, self.wake = None, now + pause
        return pause


class Supervisor:
    """Runs programs until it is told to stop; `tell` gets a line when one had to be restarted."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.children: list[Child] = []
        self._tell = tell
        self._tended = 0.0

    def start(self, programs: Sequence[Program]) -> None:
        """Start programs and keep them running from now on."""
        for program in programs:
            child = Child(program)
            child.start()
            self.children.append(child)

    def tend(self) -> None:
        """Restart what died, trim what grew; call it a few times a second."""
        now = time.monotonic()
        for child in self.children:
            self._revive(child, now)
        if now - self._tended > 1:
            self._tended = now
            for child in self.children:
                trim(child.program.log)

    def _revive(self, child: Child, now: float) -> None:
        status = child.died()
        if status is not None:
            # What a dead main process leaves behind must not work, or hold the port, beside the
            # new one.
            child.signal_group(signal.SIGKILL)
            pause = child.schedule_restart(now)
            how = f"signal {-status}" if status < 0 else f"status {status}"
            self._tell(f"{child.program.name} ended ({how}); starting it again in {pause:.1f} s")
        elif child.process is None and now >= child.wake:
            child.start()

    def worst(self) -> Child:
        """The child that died most often of late."""
        return max(self.children, key=lambda child: child.deaths)

    def stop(self) -> None:
        """Stop all, stage by stage; what outstays its grace is killed."""
        for stage in sorted({child.program.stage for child in self.children}):
            group = [child for child in self.children if child.program.stage == stage]
            _stop([child for child in group if child.process])


def _stop(children: Sequence[Child]) -> None:
    asked = time.monotonic()
    for child in children:
        if child.process:
            child.process.terminate()
    for child in children:
        if child.process:
            _wait(child.process, asked + child.program.grace)
            child.signal_group(signal.SIGKILL)
            child.process.wait()
            child.process = None


def _wait(process: subprocess.Popen[bytes], until: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(max(0.0, until - time.monotonic()))


def trim(log: Path) -> None:
    """Move a log that grew past the limit aside; its writer appends and goes on undisturbed."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        shutil.copyfile(log, log.with_name(log.name + ".1"))
        os.truncate(log, 0)


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for an error message."""
    text = log.read_text("utf-8", errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:])
