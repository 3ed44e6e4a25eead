"""A picture in the store that nobody reads to its end until a test lets them."""

import hashlib
import os
from pathlib import Path


class Gate:
    """Stands in the place of a blob; who reads it waits until it is opened."""

    def __init__(self, blobs: Path, content: bytes) -> None:
        sha = hashlib.sha256(content).hexdigest()
        self._blob, self._content, self._writer = blobs / sha[:2] / sha, content, -1
        self._blob.parent.mkdir(parents=True, exist_ok=True)
        self._blob.unlink(missing_ok=True)
        os.mkfifo(self._blob)

    def reached(self) -> bool:
        """Whether somebody waits at it."""
        try:
            self._writer = os.open(self._blob, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        return True

    def open(self) -> None:
        """Let who waits read on, and whoever comes later."""
        whole = self._blob.with_name("whole")
        whole.write_bytes(self._content)
        whole.replace(self._blob)
        if self._writer >= 0:
            os.set_blocking(self._writer, True)
            with os.fdopen(self._writer, "wb") as pipe:
                pipe.write(self._content)
