"""Solves pictures; in an evaluation also holds the answers against the labels."""

import logging
from collections.abc import Sequence
from functools import partial

from solver.dataset import LabelledPuzzle
from solver.errors import DatasetError, DeviceError
from solver.evaluation import Examine, outcome_to_json, score
from solver.solution import Failure, Json, Solution
from store.blobs import Blobs
from store.errors import BlobMissing, NotFound, StoreError
from store.leases import LeasedItem, NewResult
from store.states import JobKind
from store.tables import Job
from worker.errors import JobError, Later
from worker.results import to_result
from worker.solvers import Solver, Solvers
from worker.stopwatch import Stopwatch
from worker.truths import Truths
from worker.watchdog import time_limit

log = logging.getLogger(__name__)


class Pictures:
    """Solves the pictures of a job with the model it names, or with the champion.

    A job that names several `models` has its pictures solved by them in turn: the first by the
    first, the second by the second, and so on, all over again. An evaluation of one `split` leaves
    the pictures of the other without an answer.

    Solving ends the process after `batch_seconds`. Loading a model and reading pictures do not
    count: a slow disk must not pass for a picture that never ends.
    """

    def __init__(
        self,
        solvers: Solvers,
        blobs: Blobs,
        truths: Truths,
        batch_seconds: float,
        stopwatch: Stopwatch | None = None,
    ) -> None:
        self._solvers, self._blobs, self._truths = solvers, blobs, truths
        self._batch_seconds = batch_seconds
        self._stopwatch = stopwatch or Stopwatch()

    def __call__(self, job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        """Solve pictures.

        Raises JobError where the job's model or labels cannot be had, Later where the device has no
        room.
        """
        try:
            return self._answered(job, items)
        except DeviceError as error:
            raise Later(str(error)) from error

    def _answered(self, job: Job, items: Sequence[LeasedItem]) -> list[NewResult]:
        wanted = [item for item in items if self._is_wanted(job, item)]
        left_out = [NewResult(item.id) for item in items if item not in wanted]
        names: Sequence[str | None] = job.params.get("models") or (job.model,)
        return left_out + [
            result
            for turn, name in enumerate(names)
            for result in self._solve(
                job, name, [item for item in wanted if item.position % len(names) == turn]
            )
        ]

    def _is_wanted(self, job: Job, item: LeasedItem) -> bool:
        split = job.params.get("split", "all")
        if split == "all":
            return True
        puzzle = self._puzzle(job, item.name)
        return puzzle is not None and puzzle.split == split

    def _solve(self, job: Job, name: str | None, items: Sequence[LeasedItem]) -> list[NewResult]:
        if not items:
            return []
        solver = self._solvers.of(name, named=job.params.get("model") != "champion")
        with self._stopwatch.time("read"):
            contents = [self._content(item) for item in items]
        with self._stopwatch.time("solve") as lap:
            outcomes = self._outcomes(solver, contents)
        seconds = lap.seconds / len(items)
        judged = [
            self._judge(job, item.name, outcome, _examine(solver, content))
            for item, content, outcome in zip(items, contents, outcomes, strict=True)
        ]
        with self._stopwatch.time("thumbnails"):
            thumbnails = self._thumbnails(outcomes)
        return [
            to_result(item.id, outcome, solver.model_id, seconds, score, thumbnail)
            for item, outcome, score, thumbnail in zip(
                items, outcomes, judged, thumbnails, strict=True
            )
        ]

    def _outcomes(
        self, solver: Solver, contents: Sequence[bytes | Failure]
    ) -> list[Solution | Failure]:
        here = [content for content in contents if isinstance(content, bytes)]
        with time_limit(self._batch_seconds):
            solved = iter(solver.solve(here, thumbnails=True) if here else ())
        return [content if isinstance(content, Failure) else next(solved) for content in contents]

    def _thumbnails(self, outcomes: Sequence[Solution | Failure]) -> list[str | None]:
        """Store the small copies; for want of room for them no answer is held back."""
        small = [it.thumbnail if isinstance(it, Solution) else None for it in outcomes]
        try:
            with self._blobs.batch() as batch:
                return [None if data is None else batch.put(data) for data in small]
        except (StoreError, OSError) as error:
            log.warning("pictures are shown whole, as no small copies are stored: %s", error)
            return [None] * len(small)

    def _content(self, item: LeasedItem) -> bytes | Failure:
        try:
            return self._blobs.get(item.blob)
        except BlobMissing:
            return Failure("missing", "The picture is no longer in the store; send it again.")

    def _judge(
        self, job: Job, name: str, outcome: Solution | Failure, examine: Examine
    ) -> Json | None:
        puzzle = self._puzzle(job, name)
        if puzzle is None:
            return None
        with self._stopwatch.time("judge"), time_limit(self._batch_seconds):
            return outcome_to_json(score(puzzle, outcome, examine))

    def _puzzle(self, job: Job, name: str) -> LabelledPuzzle | None:
        """The label of a picture, in an evaluation."""
        if job.kind != JobKind.EVALUATE or job.dataset_id is None:
            return None
        try:
            return self._truths.of(job.dataset_id).puzzles.get(name)
        except (DatasetError, NotFound, BlobMissing) as error:
            raise JobError("labels", f"the dataset's labels cannot be read: {error}") from error


def _examine(solver: Solver, content: bytes | Failure) -> Examine:
    return partial(solver.examine, content if isinstance(content, bytes) else b"")
