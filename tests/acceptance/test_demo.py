"""`orrery demo` as a newcomer runs it: a whole service, real pictures, nothing left behind."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.servers import wait_until

COUNT = 6
#: Seconds that a demo may take.
PATIENCE = 600.0


def start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli", "demo", "--count", str(COUNT), "--data", str(folder)]
    return subprocess.Popen(
        [*command, "--difficulty", "easy", "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_of(folder: Path) -> list[str]:
    """Command lines of the living processes that name this folder, in it or in their settings."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = [(process / part).read_bytes() for part in ("cmdline", "environ")]
        except OSError:
            continue
        if any(str(folder).encode() in part for part in told):
            found.append(told[0].replace(b"\0", b" ").decode())
    return found


def test_the_demo_solves_its_batch_and_leaves_nothing_running(tmp_path: Path) -> None:
    demo = start(tmp_path / "demo")
    shown, told = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 0, told
    results = (tmp_path / "demo" / "results.jsonl").read_text().splitlines()
    assert len({json.loads(line)["image"] for line in results}) == COUNT
    assert f"of {COUNT} correct" in shown
    assert "puzzles/s" in shown
    wait_until(lambda: processes_of(tmp_path) == [], "the end of the last of its helpers")


def test_an_interrupted_demo_stops_what_it_started(tmp_path: Path) -> None:
    demo = start(tmp_path / "demo")
    assert demo.stderr is not None
    while "the service is up" not in (line := demo.stderr.readline()):
        assert line, "the demo ended before its service was up"
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 130
    wait_until(lambda: processes_of(tmp_path) == [], "the end of the last of its helpers")


def test_a_killed_demo_takes_its_service_with_it(tmp_path: Path) -> None:
    demo = start(tmp_path / "demo")
    assert demo.stderr is not None
    while "the service is up" not in (line := demo.stderr.readline()):
        assert line, "the demo ended before its service was up"
    demo.kill()
    demo.communicate(timeout=PATIENCE)
    wait_until(lambda: processes_of(tmp_path) == [], "the service's end")
