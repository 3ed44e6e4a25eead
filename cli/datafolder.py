"""The folder of an embedded service: its lock, its administrator's key, its logs."""

import fcntl
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from cli import valkey
from cli.errors import CliError
from store.settings import SECRETS


class FolderInUseError(CliError):
    """Another service runs on this data folder."""


class DataFolder:
    """Everything that `orrery up` keeps lies below `root`, readable by this user alone."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._lock: TextIO | None = None

    @property
    def logs(self) -> Path:
        """Where the parts of the service write their logs."""
        return self.root / "logs"

    @property
    def broker(self) -> Path:
        """Where the embedded broker keeps its journal."""
        return self.root / "broker"

    @property
    def metrics(self) -> Path:
        """Where the processes of the API count their requests together."""
        return self.root / "metrics"

    def forget_metrics(self) -> None:
        """Empty the folder of counts: each start counts from nothing, whatever ended the last."""
        shutil.rmtree(self.metrics, ignore_errors=True)
        self.metrics.mkdir()

    @property
    def key_file(self) -> Path:
        """Holds the administrator's key of a service that was given none."""
        return self.root / "api-key"

    @property
    def address_file(self) -> Path:
        """Holds the address of the API, while the service runs."""
        return self.root / "address"

    def addresses(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Where the broker and the API of this folder's service are, as settings.

        Only where it has an embedded broker, and what `environment` does not set.
        """
        found = {}
        broker = valkey.url(self.broker)
        if broker is not None and not _is_set("ORRERY_BROKER_URL", environment):
            found["ORRERY_BROKER_URL"] = broker
        if self.address_file.exists() and not _is_set("ORRERY_URL", environment):
            found["ORRERY_URL"] = self.address_file.read_text("ascii").strip()
        return found

    def lock(self) -> None:
        """Take the folder until this process ends; FolderInUseError where another one has it."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (self.root / "lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            holder = self._lock.read().strip() or "?"
            raise FolderInUseError(
                f"{self.root} is in use by another service (process {holder}); "
                "stop that one first, or choose another folder with --data"
            ) from None
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    def kept_key(self) -> str | None:
        """The administrator's key from an earlier start, if there was one."""
        if not self.key_file.exists():
            return None
        return self.key_file.read_text("ascii").strip() or None

    def keep_key(self, key: str) -> None:
        """Keep the administrator's key for the next start, readable by this user alone."""
        new = self.key_file.with_suffix(".new")
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(key + "\n", "ascii")
        new.replace(self.key_file)


def _is_set(name: str, environment: Mapping[str, str]) -> bool:
    return name in environment or (SECRETS / name.lower()).is_file()
