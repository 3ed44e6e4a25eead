"""Keeping small programs running: restarts, the order of a stop, logs, death with the parent."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cli import supervisor as supervision
from cli import tether
from cli.datafolder import DataFolder, FolderInUseError
from cli.supervisor import Program, Supervisor, tail, trim
from tests.servers import PATIENCE, wait_until

#: Writes its process id, then a line when it is told to stop.
POLITE = """
import os, signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print("pid", os.getpid(), flush=True)
signal.sigwait({signal.SIGTERM})
print("stopped", NAME, time.monotonic(), flush=True)
"""

#: Writes its process id and does not listen.
DEAF = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("pid", os.getpid(), flush=True)
signal.sigwait({signal.SIGUSR1})
"""


def program(folder: Path, name: str, stage: int = 0, code: str = POLITE) -> Program:
    """A program of a few lines."""
    command = (sys.executable, "-c", f"NAME = {name!r}\n{code}")
    return Program(name, command, dict(os.environ), folder / f"{name}.log", stage, grace=PATIENCE)


def pids(folder: Path, name: str) -> list[int]:
    """The process ids that a program has had."""
    log = folder / f"{name}.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [int(line.split()[1]) for line in lines if line.startswith("pid ")]


def test_a_program_that_dies_is_started_again_and_that_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    supervisor.start([program(tmp_path, "a")])
    wait_until(lambda: len(pids(tmp_path, "a")) == 1, "the first start")
    os.kill(pids(tmp_path, "a")[0], signal.SIGKILL)

    def again() -> bool:
        supervisor.tend()
        return len(pids(tmp_path, "a")) == 2

    wait_until(again, "the second start")
    supervisor.stop()
    [line] = told
    assert line.startswith("a ended (signal 9)")


def test_a_program_that_keeps_dying_is_started_ever_more_slowly(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda _line: None)
    supervisor.start([program(tmp_path, "a", code="raise SystemExit(3)")])
    pauses = [supervisor.children[0].schedule_restart(0.0) for _ in range(8)]
    assert pauses == sorted(pauses)
    assert pauses[0] == supervision.FIRST_PAUSE
    assert pauses[-1] == supervision.LONGEST_PAUSE
    supervisor.stop()


def test_programs_stop_stage_by_stage(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda _line: None)
    names = ["last", "first", "middle"]
    programs = [
        program(tmp_path, name, stage) for name, stage in zip(names, (2, 0, 1), strict=True)
    ]
    supervisor.start(programs)
    wait_until(lambda: all(pids(tmp_path, name) for name in names), "three starts")
    supervisor.stop()
    moments = {name: float(tail(tmp_path / f"{name}.log", 1).split()[2]) for name in names}
    assert moments["first"] < moments["middle"] < moments["last"]


def test_a_program_that_does_not_listen_is_killed_after_its_grace(tmp_path: Path) -> None:
    deaf = replace(program(tmp_path, "deaf", code=DEAF), grace=0.2)
    supervisor = Supervisor(lambda _line: None)
    supervisor.start([deaf])
    wait_until(lambda: len(pids(tmp_path, "deaf")) == 1, "the start")
    supervisor.stop()
    assert not Path(f"/proc/{pids(tmp_path, 'deaf')[0]}").exists()


def test_a_tethered_program_dies_with_whoever_started_it(tmp_path: Path) -> None:
    starter = (
        "import os, subprocess, sys\n"
        f"subprocess.Popen([sys.executable, {str(tether.__file__)!r}, str(os.getpid()), "
        "sys.executable, '-c', 'import signal; signal.pause()'], stdout=sys.stdout)\n"
        "print('started', flush=True)\n"
        "import signal; signal.pause()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    parent.stdout.readline()
    parent.kill()
    parent.wait()
    # The child holds the other end of the pipe: it reads as ended only when the child is gone.
    assert parent.stdout.read() == b""
    parent.stdout.close()


def test_a_log_that_grew_moves_aside_and_its_writer_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "LOG_BYTES", 10)
    log = tmp_path / "a.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"a long first line\n")
        trim(log)
        writer.write(b"next\n")
    assert log.read_bytes() == b"next\n"
    assert (tmp_path / "a.log.1").read_bytes() == b"a long first line\n"


def test_a_data_folder_has_one_service_and_keeps_its_key_secret(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path / "data"), DataFolder(tmp_path / "data")
    first.lock()
    with pytest.raises(FolderInUseError, match=str(os.getpid())):
        second.lock()
    assert second.kept_key() is None
    first.keep_key("orr_a.b")
    assert second.kept_key() == "orr_a.b"
    assert first.key_file.stat().st_mode & 0o777 == 0o600
