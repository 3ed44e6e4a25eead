"""Checks a dataset that was uploaded: reads its labels and notes every problem."""

from collections.abc import Sequence
from dataclasses import asdict

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
            puzzles, problems = self._check(job.dataset_id)
            status = DatasetStatus.READY if puzzles else DatasetStatus.REJECTED
            with self._database.begin() as session:
                datasets.checked(
                    session,
                    job.dataset_id,
                    status=status.value,
                    puzzles=puzzles,
                    problems=problems,
                )
        except NotFound as error:
            raise JobError("dataset", str(error)) from error
        return [NewResult(item.id) for item in items]

    def _check(self, dataset_id: str) -> tuple[int, list[dict[str, str]]]:
        try:
            dataset = self._truths.read(dataset_id)
        except (DatasetError, BlobMissing) as error:
            return 0, [_problem("unreadable", str(error))]
        problems = [asdict(problem) for problem in dataset.problems]
        if len(problems) > MOST_PROBLEMS:
            more = f"{len(problems) - MOST_PROBLEMS} more problems are not listed."
            problems = [*problems[:MOST_PROBLEMS], _problem("more", more)]
        return len(dataset.puzzles), problems


def _problem(code: str, message: str) -> dict[str, str]:
    return {"task": "", "code": code, "message": message}
