"""Checks a dataset that was uploaded: reads labels and pictures, notes every problem, counts."""

from collections.abc import Sequence
from dataclasses import asdict

from solver.dataset import Inspection, Problem, inspect
from solver.errors import DatasetError
from store import datasets
from store.errors import BlobMissing, NotFound
from store.leases import LeasedItem, NewResult
from store.session import Database
from store.tables import DatasetStatus, Job
from worker.errors import JobError
from worker.truths import Truths

#: Problems that are kept; the rest is counted in one last line.
MOST_PROBLEMS = 1_000


class DatasetCheck:
    """Makes a dataset ready, or rejects it where no puzzle of it can be used."""

    def __init__(self, database: Database, truths: Truths) -> None:
        self._database, self._truths = database, truths

    def __call__(self, job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        """Check the job's dataset; running it twice gives the same. Raises JobError."""
        if job.dataset_id is None:
            raise JobError("dataset", "the job names no dataset")
        try:
            seen, puzzles = self._check(job.dataset_id)
            status = DatasetStatus.READY if puzzles else DatasetStatus.REJECTED
            with self._database.begin() as session:
                datasets.checked(
                    session,
                    job.dataset_id,
                    status=status.value,
                    puzzles=puzzles,
                    problems=_listed(seen.problems),
                    statistics=seen.statistics,
                )
        except NotFound as error:
            raise JobError("dataset", str(error)) from error
        return [NewResult(item.id) for item in items]

    def _check(self, dataset_id: str) -> tuple[Inspection, int]:
        try:
            dataset = self._truths.read(dataset_id)
        except (DatasetError, BlobMissing) as error:
            problem = Problem("", "unreadable", str(error))
            return Inspection((problem,), {}), 0
        return inspect(dataset, self._truths.pictures(dataset_id)), len(dataset.puzzles)


def _listed(problems: Sequence[Problem]) -> list[dict[str, str]]:
    listed = [asdict(problem) for problem in problems[:MOST_PROBLEMS]]
    if len(problems) > MOST_PROBLEMS:
        more = f"{len(problems) - MOST_PROBLEMS} more problems are not listed."
        listed.append(asdict(Problem("", "more", more)))
    return listed
