"""The scheduler's process does not outlive its dispatcher."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PATIENCE = 240

#: A dispatcher that hangs in its first round.
STUCK = """
import threading
from worker import beat

def loop(stop, heard):
    heard()
    stop.wait()

beat.ROUND_SECONDS = 1.0
beat.beside(beat.watched(loop), stop=threading.Event())
threading.Event().wait()
"""


def test_a_dispatcher_that_hangs_ends_its_process() -> None:
    command = [sys.executable, "-c", STUCK]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 1
    assert "Timeout (0:00:01" in ended.stderr
    assert "in loop" in ended.stderr
