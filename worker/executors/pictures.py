"""Solves pictures; in an evaluation also holds the answers against the labels."""

from collections.abc import Sequence
from functools import partial
from time import perf_counter

from solver.errors import DatasetError
from solver.evaluation import Examine, outcome_to_json, score
from solver.solution import Failure, Json, Solution
from store.blobs import Blobs
from store.errors import BlobMissing, NotFound
from store.leases import LeasedItem, NewResult
from store.states import JobKind
from store.tables import Job
from worker.errors import JobError
from worker.results import to_result
from worker.solvers import Solver, Solvers
from worker.truths import Truths
from worker.watchdog import time_limit


class Pictures:
    """Solves the pictures of a job with the model it names, or with the champion.

    Solving ends the process after `batch_seconds`. Loading a model and reading pictures do not
    count: a slow disk must not pass for a picture that never ends.
    """

    def __init__(
        self, solvers: Solvers, blobs: Blobs, truths: Truths, batch_seconds: float
    ) -> None:
        self._solvers, self._blobs, self._truths = solvers, blobs, truths
        self._batch_seconds = batch_seconds

    def __call__(self, job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        """Solve pictures; raises JobError where the job's model or labels cannot be had."""
        solver = self._solvers.of(job.model, named=job.params.get("model") != "champion")
        started = perf_counter()
        contents = [self._content(item) for item in items]
        outcomes = self._outcomes(solver, contents)
        seconds = (perf_counter() - started) / len(items)
        judged = [
            self._judge(job, item.name, outcome, _examine(solver, content))
            for item, content, outcome in zip(items, contents, outcomes, strict=True)
        ]
        return [
            to_result(item.id, outcome, solver.model_id, seconds, score)
            for item, outcome, score in zip(items, outcomes, judged, strict=True)
        ]

    def _outcomes(
        self, solver: Solver, contents: Sequence[bytes | Failure]
    ) -> list[Solution | Failure]:
        here = [content for content in contents if isinstance(content, bytes)]
        with time_limit(self._batch_seconds):
            solved = iter(solver.solve(here) if here else ())
        return [content if isinstance(content, Failure) else next(solved) for content in contents]

    def _content(self, item: LeasedItem) -> bytes | Failure:
        try:
            return self._blobs.get(item.blob)
        except BlobMissing:
            return Failure("missing", "The picture is no longer in the store; send it again.")

    def _judge(
        self, job: Job, name: str, outcome: Solution | Failure, examine: Examine
    ) -> Json | None:
        if job.kind != JobKind.EVALUATE or job.dataset_id is None:
            return None
        try:
            puzzle = self._truths.of(job.dataset_id).puzzles.get(name)
        except (DatasetError, NotFound, BlobMissing) as error:
            raise JobError("labels", f"the dataset's labels cannot be read: {error}") from error
        if puzzle is None:
            return None
        with time_limit(self._batch_seconds):
            return outcome_to_json(score(puzzle, outcome, examine))


def _examine(solver: Solver, content: bytes | Failure) -> Examine:
    return partial(solver.examine, content if isinstance(content, bytes) else b"")
