"""Blobs in a local folder: temporary file, fsync, rename, fsync of the folder.

obstore's local store renames too, but does not fsync, and a job may only be accepted once its
pictures would survive a power cut.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.errors import BlobMissing, DiskFull
from store.side_by_side import each

#: Seconds after which a file on its way belongs to an upload that broke; slow ones take hours.
ABANDONED_SECONDS = 24 * 3600.0

_INCOMING = "incoming"
_SHA256_LENGTH = 64
#: Readable by the group, for a backup.
_MODE = 0o640


class Folder:
    """A folder of blobs, each at `ROOT/ab/abcdef…`."""

    def __init__(self, root: Path, min_free_bytes: int) -> None:
        self._root = root.absolute()
        self._min_free_bytes = min_free_bytes

    def spool(self) -> Path:
        """Give the folder for files on their way; raises `DiskFull` when little room is left."""
        incoming = self._root / _INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(incoming).free < self._min_free_bytes:
            raise DiskFull("the disk for pictures is nearly full; free some room")
        return incoming

    def probe(self) -> None:
        """Try whether blobs can be stored, by a file that is gone at once."""
        with tempfile.TemporaryFile(dir=self.spool()) as file:
            file.write(b"probe")

    def keep(self, spooled: Path, sha: str) -> None:
        """Rename a spooled file to its blob, or make the blob young that is there already."""
        target = self._path(sha)
        try:
            os.utime(target)
        except FileNotFoundError:
            # Its age counts from now, however long the rest of its upload took.
            os.utime(spooled)
            _fsync(spooled)
            target.parent.mkdir(exist_ok=True)
            spooled.chmod(_MODE)
            spooled.replace(target)

    def settle(self, shas: Collection[str]) -> None:
        """Make the names of kept blobs durable."""
        folders = sorted({self._path(sha).parent for sha in shas})
        each([*folders, self._root], _fsync)

    def get(self, sha: str) -> bytes:
        """Read a blob; raises `BlobMissing`."""
        with _found(sha):
            return self._path(sha).read_bytes()

    def size(self, sha: str) -> int:
        """Give the bytes of a blob; raises `BlobMissing`."""
        with _found(sha):
            return self._path(sha).stat().st_size

    def delete(self, sha: str) -> None:
        """Remove a blob, if it is there."""
        self._path(sha).unlink(missing_ok=True)

    def delete_stale(self, sha: str, before: datetime) -> bool:
        """Remove a blob unless it was stored again since; tell whether it was removed.

        Moved aside first: whoever stores it from then on writes it anew, and whoever did so
        before has made it young, which is seen afterwards.
        """
        aside = self._root / _INCOMING / f"stale-{secrets.token_hex(8)}"
        target = self._path(sha)
        try:
            target.rename(aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= before.timestamp():
            aside.replace(target)
            return False
        aside.unlink()
        return True

    def older_than(self, before: datetime, batch: int) -> Iterator[list[str]]:
        """List the blobs that were last stored before then; tidies what broken uploads left."""
        self._tidy()
        found: list[str] = []
        for path in self._root.glob("[0-9a-f][0-9a-f]/*"):
            if len(path.name) == _SHA256_LENGTH and _is_older(path, before):
                found.append(path.name)
            if len(found) >= batch:
                yield found
                found = []
        if found:
            yield found

    def _tidy(self) -> None:
        before = datetime.now(UTC) - timedelta(seconds=ABANDONED_SECONDS)
        for path in (self._root / _INCOMING).glob("*"):
            if _is_older(path, before):
                path.unlink(missing_ok=True)

    def _path(self, sha: str) -> Path:
        return self._root / sha[:2] / sha


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_older(path: Path, before: datetime) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime < before.timestamp()
    return False


@contextmanager
def _found(sha: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BlobMissing(f"there is no blob {sha}") from None
