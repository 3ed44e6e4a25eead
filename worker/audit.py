"""The audit of a dataset's labels, out of the results of an evaluation that was asked for one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from solver.dataset import LabelledPuzzle
from solver.evaluation import Audit
from solver.solution import Box, Failure, Json, Solution, seen_from_json
from store import datasets, results, reviews
from store.tables import Job, Result
from worker.truths import Truths

#: Suspects that are kept, the likeliest ones; the rest is counted.
MOST_SUSPECTS = 10_000


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit came to, to be written when its job ends."""

    suspects: tuple[Json, ...]
    counts: Json

    def write(self, session: Session, job: Job) -> None:
        """Take the place of the dataset's audit before this one; raises `NotFound`."""
        dataset = datasets.get(session, None, str(job.dataset_id))
        told = {"job": job.id, "model": job.model}
        reviews.suspected(session, dataset, self.suspects, told | self.counts)


def audited(session: Session, truths: Truths, job: Job) -> Audited | None:
    """Hold a job's results against the labels; None where it asked for no audit."""
    if not job.params.get("audit") or job.dataset_id is None:
        return None
    puzzles, audit = truths.of(job.dataset_id).puzzles, Audit()
    positions: dict[str, int] = {}
    for result in results.stream(session, job.id, seen=True):
        puzzle = puzzles.get(result.image)
        if puzzle is not None:
            audit.add(puzzle, _outcome(result))
            positions[result.image] = result.position
    named = audit.suspects()
    counts = audit.statistics() | {"suspects": len(named)}
    kept = (
        one.to_json() | {"position": positions[one.image], "label": _label(puzzles[one.image])}
        for one in named[:MOST_SUSPECTS]
    )
    return Audited(tuple(kept), counts)


def _label(puzzle: LabelledPuzzle) -> Json:
    """The label as it is drawn; boxes are x, y, width and height in shares of the picture."""
    return {
        "digit": puzzle.digit,
        "digit_box": _box(puzzle.digit_box),
        "targets": [_box(target) for target in puzzle.targets],
        "answer": puzzle.answer,
    }


def _box(box: Box | None) -> list[float] | None:
    return None if box is None else [round(it, 5) for it in (box.x, box.y, box.width, box.height)]


def _outcome(result: Result) -> Solution | Failure:
    if result.error_code is not None or result.seen is None:
        return Failure(result.error_code or "unsolved", result.error_message or "")
    return Solution(
        tile=result.tile or 0,
        point=(result.x or 0.0, result.y or 0.0),
        digit=result.digit or 0,
        confidence=result.confidence or 0.0,
        seen=seen_from_json(result.seen),
    )
