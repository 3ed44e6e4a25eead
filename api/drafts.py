"""Pictures that are about to be submitted: taken, looked at, and told of before a job starts.

A browser sends a folder in many requests. Each one's pictures become blobs, and the list of them
another blob, whose name goes back to the browser in a signed token; the tokens together make a job.
Nothing is kept but blobs, which go by themselves where no job follows.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from api.errors import Invalid, TooLarge
from api.intake import clean
from api.pictures import MAX_PIXELS, Kind, kind
from store.accept import NewItem
from store.blobs import Batch, Blobs
from store.errors import BlobMissing

#: Seconds for which a token is good; blobs that nothing refers to are kept for longer.
LIFETIME = 3600

REASONS = {
    Kind.OTHER: "This is no JPEG, PNG or WebP picture.",
    Kind.TOO_LARGE: f"This has more than {MAX_PIXELS // 1_000_000} million pixels; scale it down.",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not taken, and why."""

    name: str
    why: str


@dataclass(slots=True)
class Draft:
    """The files of one request: those that were taken, and those that were refused."""

    batch: Batch
    max_files: int
    items: list[NewItem] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def add(self, name: str, file: IO[bytes]) -> None:
        """Look at a file and keep it, or note why not; raises TooLarge past the bound."""
        if len(self.items) >= self.max_files:
            raise TooLarge(f"More than {self.max_files} files; split them over several jobs.")
        why = _why_not(file)
        if why is None:
            self.items.append(NewItem(clean(name), self.batch.put(file)))
        else:
            self.refused.append(Refused(clean(name), why))

    def refuse(self, name: str, why: str) -> None:
        """Note that a file cannot be taken."""
        self.refused.append(Refused(clean(name), why))

    def list(self) -> str | None:
        """Store the list of what was taken; gives its blob, None where nothing was."""
        if not self.items:
            return None
        return self.batch.put(json.dumps([[it.name, it.blob] for it in self.items]).encode())


def _why_not(file: IO[bytes]) -> str | None:
    if not file.read(1):
        return "This file is empty."
    return REASONS.get(kind(file))


def sign(key_id: str, blob: str) -> str:
    """The token for a list, good for one key and an hour."""
    return _signer().dumps([key_id, blob])


def collect(blobs: Blobs, key_id: str, tokens: Sequence[str], max_files: int) -> list[NewItem]:
    """The pictures of all tokens, in order; raises Invalid where one is not good any more."""
    items = [item for token in tokens for item in _listed(blobs, key_id, token)]
    if not items:
        raise Invalid.of("pictures", "choose at least one picture")
    if len(items) > max_files:
        raise TooLarge(
            f"{len(items)} files; {max_files} are allowed. Split them over several jobs."
        )
    return items


def _listed(blobs: Blobs, key_id: str, token: str) -> list[NewItem]:
    try:
        owner, blob = _signer().loads(token, max_age=LIFETIME)
        listed: list[Any] = json.loads(blobs.get(blob)) if owner == key_id else []
    except (BadSignature, BlobMissing, ValueError) as error:
        raise Invalid.of("pictures", "were sent too long ago; send them again") from error
    return [NewItem(name, picture) for name, picture in listed]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or b"", salt="drafts")
