"""What became of each puzzle of an evaluation, as gzip JSON lines in one blob."""

import gzip
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pydantic_core import from_json

from store.blobs import Blobs

Json = dict[str, Any]


class Pack:
    """Outcomes on their way into a blob; the same outcomes always give the same bytes."""

    def __init__(self) -> None:
        self._buffer = BytesIO()
        self._zip = gzip.GzipFile(fileobj=self._buffer, mode="wb", mtime=0)

    def add(self, outcome: Json) -> None:
        """Take one more outcome."""
        self._zip.write(json.dumps(outcome, separators=(",", ":")).encode() + b"\n")

    def data(self) -> bytes:
        """The content of the blob; nothing can be added after it."""
        self._zip.close()
        return self._buffer.getvalue()


def read(blobs: Blobs, sha: str) -> Iterator[Json]:
    """Give the outcomes in the order of the pictures; raises `BlobMissing`."""
    for line in gzip.decompress(blobs.get(sha)).splitlines():
        # Of ten thousand lines, half as long as `json` takes.
        yield from_json(line)
