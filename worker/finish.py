"""Ends evaluations: the summary joins the accuracy log in the transaction that ends the job."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from solver.evaluation import Outcome, Summary, failed, outcome_from_json, summarise
from solver.solution import Failure
from store import datasets, evaluations, jobs, results
from store.clock import now
from store.errors import BlobStoreAway, DatabaseAway, NotFound
from store.session import Database
from store.states import JobKind, JobStatus
from store.tables import Dataset, Job, Result
from worker.truths import Truths

log = logging.getLogger(__name__)


def finish_evaluations(database: Database, truths: Truths) -> list[str]:
    """End every evaluation of which no picture awaits its result; the ids of their jobs."""
    with database.read() as session:
        ready = [job.job_id for job in jobs.finishable(session) if job.kind == JobKind.EVALUATE]
    return [job_id for job_id in ready if finish_evaluation(database, truths, job_id)]


def finish_evaluation(database: Database, truths: Truths, job_id: str) -> bool:
    """End one evaluation and log its accuracy; False where it is not over, or ended elsewhere."""
    try:
        with database.read() as session:
            if not jobs.finishable(session, job_id=job_id):
                return False
            job = jobs.get(session, None, job_id)
            summary = summarised(session, truths, job)
    except (DatabaseAway, BlobStoreAway):
        raise
    except NotFound:
        return False
    except Exception as error:
        log.exception("job %s: its results cannot be summed up", job_id)
        message = f"the results cannot be summed up: {error}"
        with database.begin() as session:
            return jobs.fail(session, job_id, "summary", message)
    with database.begin() as session:
        return _end(session, job_id, summary)


def summarised(session: Session, truths: Truths, job: Job) -> Summary:
    """The summary of an evaluation's results."""
    answered: str | None = session.scalar(_models(job.id))
    outcomes = _outcomes(session, truths, job)
    seconds = _seconds(job.started_at, now(session))
    return summarise(outcomes, answered or job.model or "", seconds)


def _models(job_id: str) -> Select[Any]:
    model = col(Result.model)
    return select(model).where(col(Result.job_id) == job_id, model.is_not(None)).limit(1)


def _outcomes(session: Session, truths: Truths, job: Job) -> Iterator[Outcome]:
    for result in results.stream(session, job.id):
        if result.outcome is not None:
            yield outcome_from_json(result.outcome)
        elif result.error_code is not None and job.dataset_id is not None:
            # The sweeper, which knows no labels, set this picture aside.
            puzzle = truths.of(job.dataset_id).puzzles.get(result.image)
            if puzzle is not None:
                yield failed(puzzle, Failure(result.error_code, result.error_message or ""))


def _seconds(start: datetime | None, end: datetime) -> float:
    return max((end - start).total_seconds(), 1e-3) if start else 1e-3


def _end(session: Session, job_id: str, summary: Summary) -> bool:
    if not jobs.finish(session, job_id):
        return False
    job = jobs.get(session, None, job_id)
    if job.status != JobStatus.SUCCEEDED:
        return True
    metrics = summary.to_json()
    evaluations.add(
        session,
        key_id=job.key_id,
        job_id=job.id,
        model=metrics["model"],
        dataset=_dataset(session, job),
        metrics=metrics,
    )
    job.params = job.params | {"accuracy": metrics["accuracy"]}
    return True


def _dataset(session: Session, job: Job) -> Dataset | None:
    return datasets.get(session, None, job.dataset_id) if job.dataset_id else None
