"""How the pictures of a chunk are worked on, by the kind of their job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from store.leases import LeasedItem, NewResult
from store.tables import Job
from worker.watch import Watch


class Executor(Protocol):
    """Computes the results of some pictures of one job, outside any transaction."""

    def __call__(self, job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        """One result a picture.

        Raises JobError where the job cannot be carried out as a whole, and what the store raises;
        of that ForNow where something is away.
        """
        ...


@dataclass(frozen=True, slots=True)
class Finished:
    """What a long piece of work came to; `also` is written with the results, once or not at all."""

    results: Sequence[NewResult]
    also: Callable[[Session], None]


class LongExecutor(Protocol):
    """Carries out a whole chunk at once, such as a training."""

    def __call__(self, job: Job, items: Sequence[LeasedItem], watch: Watch) -> Finished | None:
        """What it came to; None where the watch told it to stop.

        Raises what an Executor does, and Later where another process is at it.
        """
        ...
