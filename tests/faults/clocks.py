"""Clocks that an experiment moves: libfaketime, in front of the processes' C library.

Each role has a file with its offset, read at every look at the clock. Monotonic clocks, which
measure durations, stay true, as they do when an operator sets a machine's clock.
"""

import importlib.util
from pathlib import Path

from tests.faults.errors import CannotRun

LIBRARY = "vendor/libfaketime/src/libfaketime.so.1"
ROLES = ("api", "worker", "scheduler", "database")


class Clocks:
    """The offsets of a fleet's clocks, all of them 0 at first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library = _library()
        self.shift(0.0, *ROLES)

    def variables(self, role: str) -> dict[str, str]:
        """What the processes of a role need in their environment."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._folder / role),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def shift(self, seconds: float, *roles: str) -> None:
        """Set how far the clocks of these roles are ahead."""
        for role in roles:
            new = self._folder / f"{role}.new"
            new.write_text(f"{seconds:+.0f}\n")
            new.chmod(0o644)
            new.replace(self._folder / role)


def _library() -> Path:
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None:
        raise CannotRun("libfaketime is not installed; run `make setup`")
    return Path(found.origin).parent / LIBRARY
