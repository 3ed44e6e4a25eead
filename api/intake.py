"""Takes the files of a request into the blob store, one at a time, before anything is accepted."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Request, json

from api.archives import Bounds, members
from api.errors import Invalid, TooLarge, Unsupported
from api.multipart import CHUNK, SPOOL, Part, boundary, parts
from api.pictures import MAX_PIXELS, Kind, kind
from store.accept import NewItem
from store.blobs import Batch

#: Characters of a file's name that are kept; the end of a longer one says more than its start.
MAX_NAME = 500

#: How often over an archive's entries may together unpack to more than a body may hold.
UNPACKED = 4


@dataclass(slots=True)
class Intake:
    """What a request brought so far: its pictures, on their way as blobs, and its fields."""

    batch: Batch
    max_files: int
    items: list[NewItem] = field(default_factory=list)
    kinds: Counter[Kind] = field(default_factory=Counter)
    fields: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, file: IO[bytes]) -> None:
        """Keep one file, a picture or not: what is none gets its error from a worker."""
        if len(self.items) >= self.max_files:
            raise TooLarge(f"More than {self.max_files} files; split them over several jobs.")
        self.kinds[kind(file)] += 1
        self.items.append(NewItem(clean(name), self.batch.put(file)))

    def check(self) -> None:
        """Refuse a request in which there is nothing to work on."""
        if not self.items:
            raise Invalid.of("images", "send at least one picture, as 'images' or as one 'archive'")
        if self.kinds[Kind.PICTURE]:
            return
        if self.kinds[Kind.TOO_LARGE]:
            raise TooLarge(f"Every picture has more than {MAX_PIXELS:,} pixels; scale them down.")
        raise Unsupported(
            "None of the files is a picture; send JPEG, PNG or WebP.", code="not-a-picture"
        )


def clean(name: str) -> str:
    """A file's name as data: any path, but nothing that does not print, and no endless ones."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return shown[-MAX_NAME:] or "unnamed"


def read(request: Request, intake: Intake, take: Callable[[Part], None]) -> None:
    """Walk the parts of a multipart body: text fields are noted, files go to `take`."""
    mark = boundary(request.content_type or "")
    for part in parts(request.stream, mark):
        if part.filename is None:
            _note(intake, part)
        elif part.filename or part.size:
            take(part)


def _note(intake: Intake, part: Part) -> None:
    if part.field in ("images", "archive"):
        raise Invalid.of(part.field, "must be a file; name it with a filename in its part")
    if part.field in intake.fields:
        raise Invalid.of(part.field, "is given twice")
    intake.fields[clean(part.field)] = part.text()


def pictures(request: Request, intake: Intake, bounds: Bounds) -> None:
    """Take the pictures of a multipart request: `images`, or one `archive`."""
    seen: set[str] = set()

    def take(part: Part) -> None:
        if (part.field == "archive" and seen) or (part.field == "images" and "archive" in seen):
            raise Invalid.of(part.field, "send either 'images' or one 'archive'")
        seen.add(part.field)
        if part.field == "images":
            intake.add(part.filename or "", part.body)
        elif part.field == "archive":
            unpack(part.body, intake, bounds)
        else:
            raise Invalid.of(clean(part.field), "unknown field; files go in 'images' or 'archive'")

    read(request, intake, take)


def whole_body(request: Request, intake: Intake, bounds: Bounds) -> None:
    """Take the files of a zip archive that is the whole body."""
    with spooled(request) as file:
        unpack(file, intake, bounds)


@contextmanager
def spooled(request: Request) -> Iterator[IO[bytes]]:
    """The whole body as a file that can be walked back and forth."""
    with SpooledTemporaryFile(SPOOL) as file:
        shutil.copyfileobj(request.stream, file, CHUNK)
        file.seek(0)
        yield file


def unpack(file: IO[bytes], intake: Intake, bounds: Bounds) -> None:
    """Take every file of an archive."""
    for member in members(file, bounds):
        intake.add(member.name, member.body)


def digest(*parts_of_request: object) -> str:
    """A hash of what a request asks for, to tell a repetition from another request."""
    return hashlib.sha256(json.dumps(parts_of_request).encode()).hexdigest()
