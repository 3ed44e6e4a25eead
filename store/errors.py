"""What can go wrong in the store; one root, so that callers can map it in one place."""


class StoreError(Exception):
    """Something the store was asked for cannot be done."""


class ForNow(StoreError):
    """Something is away or full that may be back later; the same is worth another try then."""


class NotFound(StoreError):
    """What was asked for is not there, or belongs to another key."""


class InvalidState(StoreError):
    """The verb does not fit the state that the thing is in."""


class BadCorrection(StoreError):
    """Labels cannot be corrected as asked."""


class InvalidCursor(StoreError):
    """A page cursor that no page of this list has given out."""


class InvalidSetting(StoreError):
    """A setting has a value that cannot be used."""


class IdempotencyClash(StoreError):
    """The idempotency key was used before, with another request."""


class QueueFull(StoreError):
    """Too many pictures are waiting.

    `retry_after`: seconds after which it is worth trying again.
    """

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DatabaseAway(ForNow):
    """The database does not answer, or lost the connection; nothing is known to be written."""


class DiskFull(ForNow):
    """There is no room left where pictures or rows are kept."""


class BlobMissing(StoreError):
    """No blob has this name."""


class BlobStoreAway(ForNow):
    """The blob store does not answer."""


class LeaseLost(StoreError):
    """The lease was taken over, or its job is gone; nothing was written."""


class BackupBroken(StoreError):
    """A backup cannot be made, read or restored; the message says why."""


class BadModelArchive(StoreError):
    """A file is no model, or not the one that it claims to be; the message says what is wrong."""
