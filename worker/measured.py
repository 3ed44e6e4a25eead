"""The figures of an evaluation out of its job's results, one set for each model in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from solver.evaluation import Outcome, Summary, Tally, failed, outcome_from_json, outcome_to_json
from solver.evaluation.gate import Bounds, Decision, decide
from solver.solution import Failure
from store import results
from store.clock import now
from store.outcomes import Pack
from store.settings import Settings
from store.tables import Item, Job, Result
from worker.truths import Truths


@dataclass(frozen=True, slots=True)
class Measured:
    """How a model did: its figures, and what became of each puzzle.

    `outcomes` is the content of a blob, an outcome a line with the SHA-256 of its `picture` and its
    `position` in the job; `puzzles` are the same in memory, by picture. Neither has similarities.
    `seconds`: the median of what a puzzle took.
    """

    summary: Summary
    outcomes: bytes
    puzzles: dict[str, Outcome]
    seconds: float


@dataclass(slots=True)
class _Running:
    """A model's figures so far."""

    model: str = ""
    tally: Tally = field(default_factory=Tally)
    pack: Pack = field(default_factory=Pack)
    puzzles: dict[str, Outcome] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def add(self, result: Result, outcome: Outcome, picture: str) -> None:
        self.model = self.model or result.model or ""
        self.tally.add(outcome)
        # The similarities are by far the most of an outcome, and the figures hold their curve.
        kept = self.puzzles[picture] = replace(outcome, positives=(), negatives=())
        place = {"picture": picture, "position": result.position}
        self.pack.add(place | outcome_to_json(kept))
        if result.seconds is not None:
            self.seconds.append(result.seconds)


def measured(session: Session, truths: Truths, job: Job) -> Iterator[Measured]:
    """The figures of each model of an evaluation, in their order in the job."""
    names = job.params.get("models") or [job.model or ""]
    running = [_Running() for _ in names]
    pictures = _pictures(session, job.id)
    for result, outcome in _outcomes(session, truths, job):
        running[result.position % len(names)].add(result, outcome, pictures[result.position])
    wall = _seconds(job.started_at, now(session))
    for name, one in zip(names, running, strict=True):
        seconds = wall if len(names) == 1 else sum(one.seconds)
        yield Measured(
            one.tally.summary(one.model or name, seconds),
            one.pack.data(),
            one.puzzles,
            median(one.seconds) if one.seconds else 0.0,
        )


def judged(lines: Sequence[Measured], settings: Settings) -> Decision:
    """What the gate says of the second model, held against the first."""
    champion, candidate = lines
    bounds = Bounds(latency=settings.gate_latency, calibration=settings.gate_calibration)
    return decide(
        list(champion.puzzles.values()),
        list(candidate.puzzles.values()),
        (champion.seconds, candidate.seconds),
        bounds,
    )


def _pictures(session: Session, job_id: str) -> dict[int, str]:
    """The SHA-256 of each picture by its place."""
    query = select(col(Item.position), col(Item.blob)).where(col(Item.job_id) == job_id)
    return dict(session.execute(query).all())


def _outcomes(session: Session, truths: Truths, job: Job) -> Iterator[tuple[Result, Outcome]]:
    for result in results.stream(session, job.id):
        if result.outcome is not None:
            yield result, outcome_from_json(result.outcome)
        elif result.error_code is not None and job.dataset_id is not None:
            # The sweeper, which knows no labels, set this picture aside.
            puzzle = truths.of(job.dataset_id).puzzles.get(result.image)
            if puzzle is not None:
                fault = Failure(result.error_code, result.error_message or "")
                yield result, failed(puzzle, fault)


def _seconds(start: datetime | None, end: datetime) -> float:
    return max((end - start).total_seconds(), 1e-3) if start else 1e-3
