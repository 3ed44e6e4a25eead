"""How much a process's memory grows while something is done to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def growth(pids: Sequence[int]) -> Iterator[dict[int, float]]:
    """Measure the block; the dictionary then holds the growth of each peak, in megabytes.

    The kernel forgets earlier peaks first (proc(5), clear_refs).
    """
    before = {}
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
        before[pid] = _status(pid, "VmRSS")
    found: dict[int, float] = {}
    yield found
    found.update({pid: _status(pid, "VmHWM") - before[pid] for pid in pids})


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError(f"the kernel does not tell {name}")
