"""Blobs: pictures and archives, named by the SHA-256 of their content and written once."""

import hashlib
import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import unquote, urlsplit

from store.errors import BlobMissing, InvalidSetting
from store.faults import translated
from store.folder import Folder
from store.side_by_side import each

#: Bytes that are in memory at a time while a blob is stored.
PIECE = 1024 * 1024

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Place(Protocol):
    """Where blobs lie."""

    def spool(self) -> Path:
        """Give the folder for files on their way; raises `DiskFull` when little room is left."""

    def probe(self) -> None:
        """Try whether blobs can be stored; raises `DiskFull`, `BlobStoreAway` or OSError."""

    def keep(self, spooled: Path, sha: str) -> None:
        """Make a spooled file the blob of this name, in one step."""

    def settle(self, shas: Collection[str]) -> None:
        """Make kept blobs durable."""

    def get(self, sha: str) -> bytes:
        """Read a blob; raises `BlobMissing`."""

    def size(self, sha: str) -> int:
        """Give the bytes of a blob; raises `BlobMissing`."""

    def delete(self, sha: str) -> None:
        """Remove a blob, if it is there."""

    def delete_stale(self, sha: str, before: datetime) -> bool:
        """Remove a blob unless it was stored again since; tell whether it was removed."""

    def older_than(self, before: datetime, batch: int) -> Iterator[list[str]]:
        """List the blobs that were last stored before then."""


class Blobs:
    """The blobs at a URL: a folder (a path or `file:///…`) or `s3://BUCKET/PREFIX`.

    `min_free_bytes`: room that stays free on a folder's disk. Raises `InvalidSetting`.
    """

    def __init__(self, url: str, min_free_bytes: int = 0) -> None:
        self._place = _place(url, min_free_bytes)

    def put(self, data: bytes | IO[bytes]) -> str:
        """Store content, given outright or as a file read piece by piece; gives its SHA-256.

        Durable on return. Raises `DiskFull` and `BlobStoreAway`, and then nothing is left behind.
        """
        with self.batch() as batch:
            return batch.put(data)

    @contextmanager
    def batch(self) -> Iterator["Batch"]:
        """Store many blobs, all of them durable when the block ends, and none before.

        Raises what `put` does. When the block raises, nothing is left behind.
        """
        batch = Batch(self._place)
        try:
            yield batch
            batch.store()
        finally:
            batch.discard()

    def get(self, sha: str) -> bytes:
        """Read a blob; raises `BlobMissing` and `BlobStoreAway`."""
        return self._place.get(_checked(sha))

    def size(self, sha: str) -> int:
        """Give the bytes of a blob; raises `BlobMissing` and `BlobStoreAway`."""
        return self._place.size(_checked(sha))

    def probe(self) -> None:
        """Try whether blobs can be stored now; raises `DiskFull`, `BlobStoreAway` or OSError."""
        self._place.probe()

    def exists(self, sha: str) -> bool:
        """Tell whether there is a blob of this name."""
        try:
            self.size(sha)
        except BlobMissing:
            return False
        return True

    def delete(self, sha: str) -> None:
        """Remove a blob, if it is there."""
        self._place.delete(_checked(sha))

    def delete_stale(self, sha: str, before: datetime) -> bool:
        """Remove a blob unless it was stored again since; tell whether it was removed."""
        return self._place.delete_stale(_checked(sha), before)

    def older_than(self, before: datetime, batch: int = 500) -> Iterator[list[str]]:
        """List the blobs that were last stored before then, some at a time."""
        return self._place.older_than(before, batch)


class Batch:
    """Blobs on their way, in files; made by `Blobs.batch`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._spooled: dict[str, Path] = {}

    def put(self, data: bytes | IO[bytes]) -> str:
        """Take content, given outright or as a file read piece by piece; gives its SHA-256."""
        source = BytesIO(data) if isinstance(data, bytes) else data
        with translated():
            path, sha = _spool(source, self._place.spool())
        if sha in self._spooled:
            path.unlink()
        else:
            self._spooled[sha] = path
        return sha

    def store(self) -> None:
        """Make durable blobs of what was taken."""
        if not self._spooled:
            return
        with translated():
            each(list(self._spooled), lambda sha: self._place.keep(self._spooled[sha], sha))
            self._place.settle(self._spooled)

    def discard(self) -> None:
        """Remove the files of what was not stored."""
        for path in self._spooled.values():
            path.unlink(missing_ok=True)


def _place(url: str, min_free_bytes: int) -> Place:
    parts = urlsplit(url)
    if parts.scheme == "s3":
        # Only who keeps blobs in a bucket pays for loading its client.
        from store.bucket import Bucket

        return Bucket(url)
    if parts.scheme == "file":
        return Folder(Path(unquote(parts.path)), min_free_bytes)
    if parts.scheme or not url:
        raise InvalidSetting(f"ORRERY_BLOB_URL is {url!r}; use a folder or s3://BUCKET/PREFIX")
    return Folder(Path(url), min_free_bytes)


def _spool(source: IO[bytes], folder: Path) -> tuple[Path, str]:
    """Copy content into a new file, which is gone if that fails; gives its path and SHA-256."""
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        path = Path(file.name)
        try:
            while piece := source.read(PIECE):
                digest.update(piece)
                file.write(piece)
            file.flush()
        except BaseException:
            path.unlink()
            raise
    return path, digest.hexdigest()


def _checked(sha: str) -> str:
    if not _SHA256.fullmatch(sha):
        raise BlobMissing(f"{sha!r} is no SHA-256, so there is no such blob")
    return sha
