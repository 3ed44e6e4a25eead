"""The time limit of blocks that overlap: the process ends where one hangs, and only then."""

import subprocess
import sys
from pathlib import Path

import pytest

from worker import watchdog
from worker.watchdog import time_limit

ROOT = Path(__file__).parents[3]
PATIENCE = 60

HANGS = """
import threading
from worker.watchdog import time_limit

hanging = threading.Event()

def hang():
    with time_limit(0.2):
        hanging.set()
        threading.Event().wait()

def start():
    threading.Thread(target=hang, daemon=True).start()
    hanging.wait()
"""

OTHERS_COME_AND_GO = """
start()
while True:
    with time_limit(0.2):
        threading.Event().wait(0.01)
"""

THE_OTHER_ENDS = """
with time_limit(60):
    start()
threading.Event().wait()
"""


@pytest.mark.parametrize("rest", [OTHERS_COME_AND_GO, THE_OTHER_ENDS])
def test_a_block_that_hangs_ends_the_process_whatever_goes_on_beside_it(rest: str) -> None:
    command = [sys.executable, "-c", HANGS + rest]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=PATIENCE, check=False)
    assert ended.returncode == 1
    assert b"Timeout (0:00:00.2" in ended.stderr
    assert b"in hang" in ended.stderr


class Clock:
    """Notes how the one clock of the process is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set_to: list[float | None] = []
        monkeypatch.setattr(watchdog.faulthandler, "dump_traceback_later", self._later)
        monkeypatch.setattr(
            watchdog.faulthandler, "cancel_dump_traceback_later", lambda: self.set_to.append(None)
        )

    def _later(self, seconds: float, **_rest: object) -> None:
        self.set_to.append(seconds)


def test_a_block_has_its_whole_time_once_those_before_it_have_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    first, second = time_limit(1.0), time_limit(2.0)
    first.__enter__()
    second.__enter__()
    assert clock.set_to == [1.0]
    first.__exit__(None, None, None)
    assert clock.set_to == [1.0, 2.0]
    second.__exit__(None, None, None)
    assert clock.set_to == [1.0, 2.0, None]


def test_a_block_that_ends_early_leaves_the_time_of_those_before_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    with time_limit(1.0):
        with time_limit(2.0):
            pass
        assert clock.set_to == [1.0]
    assert clock.set_to == [1.0, None]
