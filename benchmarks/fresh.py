"""`orrery solve` in fresh processes: time to the first answer, pictures a second, peak memory."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Fresh processes that the time to the first answer is the median of.
STARTS = 3


@dataclass(frozen=True, slots=True)
class Run:
    """One process: seconds to its first answer and to its end, peak memory in MiB.

    Linux counts in what the parent held when it forked: the parent must be the smaller one.
    """

    first: float
    seconds: float
    peak_memory: float


def solve(pictures: Sequence[Path], threads: int) -> Run:
    """Run `orrery solve FILE… --json`, its start included."""
    names = [*map(str, pictures), "--device", "cpu", "--threads", str(threads)]
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "cli", "solve", "--json", *names], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        first = time.perf_counter() - begin
        lines += process.stdout.readlines()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or len(lines) != len(pictures):
        raise RuntimeError("`orrery solve` failed, or left out a picture")
    return Run(first, time.perf_counter() - begin, usage.ru_maxrss / 1024)


def start(picture: Path, threads: int) -> float:
    """Seconds from the start of `orrery solve` on one picture to its answer, a median."""
    return sorted(solve([picture], threads).first for _ in range(STARTS))[STARTS // 2]
