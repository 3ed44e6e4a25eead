"""The verbs on chunks: what the dispatcher sends, what a worker holds, what the sweeper undoes."""

from store.dispatch import (
    REPUBLISH_SECONDS,
    dispatchable,
    mark_published,
    ready_counts,
    unmark_published,
)
from store.expiry import MAX_DELAY, MAX_IDLE_ATTEMPTS, expire, lapse
from store.lease import (
    Lease,
    LeasedItem,
    NewResult,
    begin,
    claim,
    close,
    record,
    release,
    renew,
)
from store.quarantine import ERROR_CODE, MAX_ATTEMPTS

__all__ = [
    "ERROR_CODE",
    "MAX_ATTEMPTS",
    "MAX_DELAY",
    "MAX_IDLE_ATTEMPTS",
    "REPUBLISH_SECONDS",
    "Lease",
    "LeasedItem",
    "NewResult",
    "begin",
    "claim",
    "close",
    "dispatchable",
    "expire",
    "lapse",
    "mark_published",
    "ready_counts",
    "record",
    "release",
    "renew",
    "unmark_published",
]
