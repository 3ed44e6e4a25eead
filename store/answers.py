"""What the answers of a job are like, counted in the transaction that writes them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from store.selection import ANSWERED, UNSURE
from store.tables import Job


def count(job: Job, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add results that are being written to what their job, which is locked, tells of all."""
    added = Counter(name for row in rows for name in _kinds(row))
    job.answers = dict(Counter(job.answers or {}) + added)


def _kinds(row: Mapping[str, Any]) -> Iterator[str]:
    if row["error_code"] is None:
        yield ANSWERED
    if row["correct"] is False:
        yield "wrong"
    if row["confidence"] is not None and row["confidence"] < UNSURE:
        yield "unsure"
    if row["digit"] is not None:
        yield str(row["digit"])
