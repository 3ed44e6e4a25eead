"""Pages of a list, joined by an opaque cursor."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from store.errors import InvalidCursor

T = TypeVar("T")
K = TypeVar("K", str, int)

#: Characters of the longest key of a row.
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some entries, and the cursor of the next page or None at the end."""

    items: list[T]
    next: str | None


def encode(key: str | int) -> str:
    """Wrap the sort key of a page's last entry."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode(cursor: str, kind: type[K]) -> K:
    """Unwrap a cursor; raises `InvalidCursor`."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        key = None
    if type(key) is not kind or not _storable(key):
        raise InvalidCursor("the cursor is not one of this list; leave it out to start anew")
    return key


def _storable(key: str | int) -> bool:
    """Whether both databases can compare with this key."""
    if isinstance(key, int):
        return 0 <= key < 2**63
    return key.isascii() and key.isprintable() and len(key) <= _LONGEST


def cut(rows: Sequence[T], limit: int, key: Callable[[T], str | int]) -> Page[T]:
    """Make a page of up to `limit` rows out of a query for one more than that."""
    items = list(rows[:limit])
    return Page(items, encode(key(items[-1])) if len(rows) > limit else None)
