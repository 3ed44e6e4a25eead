"""A gate: the picture that waits there holds its process until the gate is opened."""

import secrets
from pathlib import Path

from tests.faults.fleet import PATIENCE
from tests.servers import wait_until


class Gate:
    """A file that a process waits for, which says who it is. `text`: what the picture says."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"gate-{secrets.token_hex(4)}"
        self.text = f"0 wait {self._path}"

    def pid(self) -> int:
        """Wait until a process is at the gate; its number."""
        told: list[str] = []

        def is_told() -> bool:
            # Written anew by whoever comes later, it may be empty for a moment.
            told[:] = self._told.read_text().split() if self._told.exists() else []
            return bool(told)

        wait_until(is_told, "a process at the gate", PATIENCE)
        return int(told[0])

    def open(self) -> None:
        """Let whoever waits, or comes later, go on."""
        self._path.touch()

    @property
    def _told(self) -> Path:
        return Path(f"{self._path}.pid")
