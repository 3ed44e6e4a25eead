"""Numbers and times as people read them."""

from datetime import UTC, datetime

#: Seconds of each unit with its letter, and those of the next smaller one; the largest first.
UNITS = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"))


def duration(seconds: float | None) -> str:
    """A length of time in its two largest units, such as `2 h 5 min`; a dash where it is None."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, letter, below, smaller in UNITS:
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {letter}" + (f" {rest} {smaller}" if rest else "")
    return f"{whole} s"


def number(value: float) -> str:
    """A count with thin spaces between its thousands."""
    return f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def rate(per_second: float | None) -> str:
    """A pace in the unit in which it is a handy number."""
    if per_second is None:
        return "–"
    return f"{per_second:.1f} / s" if per_second >= 1 else f"{60 * per_second:.1f} / min"


def clock(seconds: int) -> str:
    """Seconds since 1970 as a time of day in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M")
