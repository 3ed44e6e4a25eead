"""What drivers and the operating system raise, told in the store's own errors."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from store.errors import DatabaseAway, DiskFull

#: PostgreSQL's codes for a full disk and for a table that is not there.
_PG_DISK_FULL = "53100"
_PG_NO_TABLE = "42P01"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def translated() -> Iterator[None]:
    """Turn a lost connection into `DatabaseAway` and a full disk into `DiskFull`."""
    try:
        yield
    except DBAPIError as error:
        if _is_full(error):
            raise DiskFull("the database's disk is full; free some room") from error
        if _has_no_tables(error):
            raise DatabaseAway("the database lacks tables; run `orrery db upgrade`") from error
        if _is_away(error):
            raise DatabaseAway(f"the database is away or busy: {_reason(error)}") from error
        raise
    except PoolTimeout as error:
        raise DatabaseAway("all connections to the database are in use; try again") from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull("the disk is full; free some room") from error
        raise


def _is_full(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return code in (_PG_DISK_FULL, "SQLITE_FULL")


def _has_no_tables(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlstate", None)
    return code == _PG_NO_TABLE or str(error.orig).startswith("no such table")


def _is_away(error: DBAPIError) -> bool:
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _reason(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0] or type(error.orig).__name__
