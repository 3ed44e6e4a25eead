"""One measured figure beside its baseline, and how runs of all of them are kept."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

#: What the figures hang on besides Orrery itself.
PACKAGES = ("openvino", "torch", "celery", "sqlalchemy", "psycopg", "flask", "gunicorn", "pillow")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and beside what; `more` where more is better."""

    group: str
    name: str
    unit: str
    beside: str
    baseline: float
    measured: float
    more: bool = False

    @property
    def ratio(self) -> float:
        """How many times better than the baseline: above 1 is faster, sooner, smaller."""
        pair = (self.measured, self.baseline)
        return pair[0] / pair[1] if self.more else pair[1] / pair[0]


def run(figures: Sequence[Figure], parts: dict[str, Any], seconds: float) -> dict[str, Any]:
    """A whole run as JSON: when, where, with what, how busy it was, and everything measured."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "commit": _commit(),
        "machine": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "load": os.getloadavg(),
        },
        "versions": {"python": platform.python_version()} | {it: version(it) for it in PACKAGES},
        "figures": [asdict(figure) | {"ratio": figure.ratio} for figure in figures],
        "parts": parts,
    }


def read(told: dict[str, Any]) -> list[Figure]:
    """The figures of a run that was kept."""
    return [
        Figure(**{name: value for name, value in it.items() if name != "ratio"})
        for it in told["figures"]
    ]


def processor() -> str:
    """The name of this machine's processor, as Linux tells it."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str | None:
    """What is checked out, with a plus where something was changed since."""
    command = ["git", "describe", "--always", "--dirty=+", "--abbrev=12"]
    folder = Path(__file__).parent
    try:
        said = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return said.stdout.strip()
