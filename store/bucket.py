"""Blobs in an S3 bucket; the usual `AWS_*` variables hold endpoint, region and credentials."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from obstore.exceptions import BaseError
from obstore.store import S3Store

from store.errors import BlobMissing, BlobStoreAway, InvalidSetting

#: Seconds that a request may take.
TIMEOUT = timedelta(seconds=30)
CONNECT_TIMEOUT = timedelta(seconds=3)
#: How often, and how long, a request is repeated.
RETRIES = 3
RETRY_TIMEOUT = timedelta(seconds=20)
#: Bytes of one part of an upload, and parts on their way at a time.
PART = 8 * 1024 * 1024
PARTS = 2


class Bucket:
    """A bucket of blobs, each at `PREFIX/ab/abcdef…`. Not to be used across a fork.

    A stale blob first moves to `PREFIX/stale/abcdef…`, and is read there for another grace time: a
    bucket can't tell in one step whether somebody has just stored it again.
    """

    def __init__(self, url: str) -> None:
        try:
            self._store = S3Store.from_url(
                url,
                client_options={
                    "timeout": TIMEOUT,
                    "connect_timeout": CONNECT_TIMEOUT,
                    # Only an endpoint that the operator wrote with http:// makes use of it.
                    "allow_http": True,
                },
                retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_TIMEOUT},
            )
        except (BaseError, ValueError) as error:
            raise InvalidSetting(f"ORRERY_BLOB_URL cannot be used: {error}") from error

    def spool(self) -> Path:
        """Give the folder for files on their way."""
        return Path(tempfile.gettempdir())

    def probe(self) -> None:
        """Ask the bucket for what it never has; that it may be written, only a write would tell."""
        with suppress(BlobMissing):
            self.size("0" * 64)

    def keep(self, spooled: Path, sha: str) -> None:
        """Upload a spooled file, in one step to every reader; one already there becomes young."""
        with _answering(sha), spooled.open("rb") as file:
            self._store.put(_key(sha), file, chunk_size=PART, max_concurrency=PARTS)

    def settle(self, shas: Collection[str]) -> None:
        """Do nothing: what a bucket has taken is durable."""

    def get(self, sha: str) -> bytes:
        """Read a blob; raises `BlobMissing`."""
        with suppress(BlobMissing), _answering(sha):
            return bytes(self._store.get(_key(sha)).bytes())
        with _answering(sha):
            return bytes(self._store.get(_aside(sha)).bytes())

    def size(self, sha: str) -> int:
        """Give the bytes of a blob; raises `BlobMissing`."""
        with suppress(BlobMissing), _answering(sha):
            return self._store.head(_key(sha))["size"]
        with _answering(sha):
            return self._store.head(_aside(sha))["size"]

    def delete(self, sha: str) -> None:
        """Remove a blob, if it is there."""
        for path in (_key(sha), _aside(sha)):
            with suppress(BlobMissing), _answering(sha):
                self._store.delete(path)

    def delete_stale(self, sha: str, before: datetime) -> bool:
        """Remove a blob unless it was stored again since; tell whether it was removed.

        The first call moves it aside, one after another grace time removes it.
        """
        if self._is_older(_key(sha), before):
            with _answering(sha):
                self._store.copy(_key(sha), _aside(sha))
                self._store.delete(_key(sha))
        elif self._is_older(_aside(sha), before):
            with suppress(BlobMissing), _answering(sha):
                self._store.delete(_aside(sha))
                return True
        return False

    def _is_older(self, path: str, before: datetime) -> bool:
        with suppress(BlobMissing), _answering(path):
            return _old(self._store.head(path), before)
        return False

    def older_than(self, before: datetime, batch: int) -> Iterator[list[str]]:
        """List the blobs that were last stored before then."""
        with _answering("*"):
            for objects in self._store.list(chunk_size=batch):
                names = (it["path"].rpartition("/")[2] for it in objects if _old(it, before))
                yield [name for name in names if name]


def _old(entry: object, before: datetime) -> bool:
    return cast("dict[str, datetime]", entry)["last_modified"] < before


def _key(sha: str) -> str:
    return f"{sha[:2]}/{sha}"


def _aside(sha: str) -> str:
    return f"stale/{sha}"


@contextmanager
def _answering(sha: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BlobMissing(f"there is no blob {sha}") from None
    except (BaseError, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise BlobStoreAway(f"the blob store does not answer: {reason}") from error
