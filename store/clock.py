"""Time as the database tells it, so that all processes share one clock, and ids made from it."""

import secrets
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from store.columns import to_milliseconds

#: The clock now, not when the transaction began: it may have waited for a lock.
_POSTGRESQL = text("SELECT clock_timestamp()")
_SQLITE = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")


def now(session: Session) -> datetime:
    """Ask the database for the time: UTC, to the millisecond."""
    if session.get_bind().dialect.name == "postgresql":
        moment: datetime = session.execute(_POSTGRESQL).scalar_one()
    else:
        moment = datetime.fromisoformat(session.execute(_SQLITE).scalar_one()).replace(tzinfo=UTC)
    return to_milliseconds(moment.astimezone(UTC))


def new_id(moment: datetime) -> str:
    """Make an id that sorts by time: a version 7 UUID (RFC 9562) as 32 hexadecimal digits."""
    milliseconds = int(moment.timestamp() * 1000) & (2**48 - 1)
    high, low = secrets.randbits(12), secrets.randbits(62)
    return f"{milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low:032x}"
