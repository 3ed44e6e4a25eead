"""How the pictures of a chunk are worked on, by the kind of their job."""

from collections.abc import Sequence
from typing import Protocol

from store.leases import LeasedItem, NewResult
from store.tables import Job


class Executor(Protocol):
    """Computes the results of some pictures of one job, outside any transaction."""

    def __call__(self, job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        """One result a picture.

        Raises JobError where the job cannot be carried out as a whole, StoreError where something
        is away for now.
        """
        ...
