"""Counts of what happened, exact whatever dies, since each is written with what it counts.

Rows are only ever inserted, so that no two transactions wait for each other over a count; now and
then a sweep puts their sums in their place. A count never falls, and a restart does not reset it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from store.tables import Tally

#: Results written, by kind of job and outcome.
RESULTS = "results"
#: Chunks taken back from a worker that fell silent, by queue.
LEASE_EXPIRIES = "lease_expiries"
#: Messages for chunks that were handed to the broker, repeated ones too.
MESSAGES = "messages"
#: Pictures solved in one go.
BATCH = "batch_pictures"
#: Seconds of a stage of work on a batch.
STAGE = "stage_seconds"

#: Upper bounds of the buckets of each distribution; the last one has none.
BOUNDS = {
    BATCH: (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0),
    STAGE: (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
}
SUM, UNBOUNDED = "sum", "+Inf"


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often a value was at most each bound, `+Inf` last, and the sum of all values."""

    buckets: tuple[tuple[str, float], ...]
    total: float


#: A count's name and label, and the part of a distribution that it is.
Place: TypeAlias = tuple[str, str, str]


def add(session: Session, name: str, number: float = 1.0, label: str = "") -> None:
    """Count something in the caller's transaction; 0 leaves no trace."""
    _insert(session, {(name, label, ""): number} if number else {})


def observe(session: Session, name: str, values: Iterable[float], label: str = "") -> None:
    """Add values to a distribution that stands in `BOUNDS`, in the caller's transaction."""
    parts: dict[Place, float] = {}
    for value in values:
        for part, addition in ((bucket(value, BOUNDS[name]), 1.0), (SUM, value)):
            parts[name, label, part] = parts.get((name, label, part), 0.0) + addition
    _insert(session, parts)


def bucket(value: float, bounds: Sequence[float]) -> str:
    """The smallest bound that a value does not exceed, as text."""
    return next((f"{bound:g}" for bound in bounds if value <= bound), UNBOUNDED)


def _insert(session: Session, parts: dict[Place, float]) -> None:
    rows = [
        {"name": name, "label": label, "part": part, "value": float(value)}
        for (name, label, part), value in parts.items()
    ]
    if rows:
        session.execute(insert(Tally), rows)


def totals(session: Session) -> dict[Place, float]:
    """Every count as it is now."""
    place = (col(Tally.name), col(Tally.label), col(Tally.part))
    rows = session.execute(select(*place, func.sum(col(Tally.value))).group_by(*place))
    return {(name, label, part): value for name, label, part, value in rows}


def counts(found: Mapping[Place, float], name: str) -> dict[str, float]:
    """Of all totals the counts of one name, by label."""
    return {label: value for (it, label, part), value in found.items() if it == name and not part}


def distributions(found: Mapping[Place, float], name: str) -> dict[str, Distribution]:
    """Of all totals the distributions of one name, by label."""
    labels = sorted({label for it, label, part in found if it == name and part})
    return {label: _distribution(found, name, label) for label in labels}


def _distribution(found: Mapping[Place, float], name: str, label: str) -> Distribution:
    bounds = [*(f"{bound:g}" for bound in BOUNDS[name]), UNBOUNDED]
    buckets, seen = [], 0.0
    for bound in bounds:
        seen += found.get((name, label, bound), 0.0)
        buckets.append((bound, seen))
    return Distribution(tuple(buckets), found.get((name, label, SUM), 0.0))


def compact(session: Session) -> int:
    """Put one row in the place of all rows of each count; gives the number of rows that went."""
    columns = (col(Tally.name), col(Tally.label), col(Tally.part), col(Tally.value))
    statement = delete(Tally).returning(*columns)
    sums: dict[Place, float] = {}
    gone = 0
    for name, label, part, value in session.execute(statement):
        sums[name, label, part] = sums.get((name, label, part), 0.0) + value
        gone += 1
    _insert(session, sums)
    return gone
