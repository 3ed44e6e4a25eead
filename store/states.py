"""The life of a job, a picture, a chunk and a lease: which state may follow which, as data.

docs/architecture.md draws them, and a test keeps it true.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from store.errors import InvalidState

S = TypeVar("S", bound=StrEnum)


class JobStatus(StrEnum):
    """A job waits, runs, and ends in one of three ways."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """A picture waits, is worked on, and ends in one of three ways."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    DONE = "done"
    CANCELLED = "cancelled"
    QUARANTINED = "quarantined"


class ChunkState(StrEnum):
    """A chunk waits for a worker, is leased to one, and ends."""

    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    CANCELLED = "cancelled"


class LeaseState(StrEnum):
    """A chunk is nobody's, somebody's, or somebody's who has been silent for too long."""

    FREE = "free"
    HELD = "held"
    OVERDUE = "overdue"


class Priority(StrEnum):
    """How large a share of the workers a job gets."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class JobKind(StrEnum):
    """What a job does."""

    SOLVE = "solve"
    EVALUATE = "evaluate"
    IMPORT = "import"
    RETRAIN = "retrain"


@dataclass(frozen=True, slots=True)
class StateMachine(Generic[S]):
    """The steps that are allowed, and nothing else."""

    name: str
    steps: frozenset[tuple[S, S]]

    def step(self, old: str, new: S) -> str:
        """Give the new state; raises `InvalidState` when it may not follow the old one."""
        if (old, new) not in self.steps:
            raise InvalidState(f"a {self.name} that is {old} cannot become {new}")
        return new.value

    def sources(self, new: S) -> list[str]:
        """List the states from which `new` may be reached, for the WHERE of a bulk update."""
        return sorted(old.value for old, target in self.steps if target == new)


def _machine(name: str, steps: Iterable[tuple[S, Iterable[S]]]) -> StateMachine[S]:
    return StateMachine(name, frozenset((old, new) for old, targets in steps for new in targets))


JOB = _machine(
    "job",
    [
        (JobStatus.QUEUED, [JobStatus.RUNNING, JobStatus.FAILED, JobStatus.CANCELLED]),
        (JobStatus.RUNNING, [JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED]),
        # An operator released a quarantined picture.
        (JobStatus.SUCCEEDED, [JobStatus.RUNNING]),
    ],
)

ITEM = _machine(
    "picture",
    [
        (ItemState.PENDING, [ItemState.IN_FLIGHT, ItemState.CANCELLED, ItemState.QUARANTINED]),
        (
            ItemState.IN_FLIGHT,
            [ItemState.DONE, ItemState.PENDING, ItemState.CANCELLED, ItemState.QUARANTINED],
        ),
        # An operator released it.
        (ItemState.QUARANTINED, [ItemState.PENDING]),
    ],
)

CHUNK = _machine(
    "chunk",
    [
        (ChunkState.READY, [ChunkState.LEASED, ChunkState.DONE, ChunkState.CANCELLED]),
        (ChunkState.LEASED, [ChunkState.READY, ChunkState.DONE, ChunkState.CANCELLED]),
    ],
)

#: Never stored: it follows from the end of the lease and the time.
LEASE = _machine(
    "lease",
    [
        (LeaseState.FREE, [LeaseState.HELD]),
        (LeaseState.HELD, [LeaseState.FREE, LeaseState.OVERDUE]),
        # Until somebody takes the chunk, its holder may still renew, record and release.
        (LeaseState.OVERDUE, [LeaseState.HELD, LeaseState.FREE]),
    ],
)


def lease_state(until: datetime | None, moment: datetime) -> LeaseState:
    """Tell the state of a lease that ends then, or of none."""
    if until is None:
        return LeaseState.FREE
    return LeaseState.OVERDUE if until <= moment else LeaseState.HELD


#: A job in one of these has not ended.
OPEN_JOB = (JobStatus.QUEUED, JobStatus.RUNNING)
#: A picture in one of these has no result yet and still awaits one.
OPEN_ITEM = (ItemState.PENDING, ItemState.IN_FLIGHT)
