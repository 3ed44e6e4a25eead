"""Ends evaluations: the summary joins the accuracy log in the transaction that ends the job."""

import logging
from dataclasses import dataclass

from sqlalchemy.orm import Session

from solver.evaluation.gate import Decision
from solver.solution import Json
from store import audit, datasets, evaluations, gates, jobs, models
from store.blobs import Blobs
from store.errors import ForNow, NotFound
from store.session import Database
from store.settings import Settings
from store.states import JobKind, JobStatus
from store.tables import Dataset, Evaluation, Job
from worker import alerts
from worker.audit import Audited, audited
from worker.measured import Measured, judged, measured
from worker.truths import Truths

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class End:
    """What is written when an evaluation ends.

    One line of the log, with its alert if there is one, and the audit of the labels if it was asked
    for; or two lines and the decision of the gate.
    """

    lines: tuple[Measured, ...]
    decision: Decision | None
    alert: Json | None
    audit: Audited | None = None


@dataclass(frozen=True, slots=True)
class Finisher:
    """Ends the evaluations of which no picture awaits its result; any number may run."""

    database: Database
    blobs: Blobs
    truths: Truths
    settings: Settings

    def finish_all(self) -> list[str]:
        """End every evaluation that can be; the ids of their jobs."""
        with self.database.read() as session:
            ready = [one.job_id for one in jobs.finishable(session) if one.kind == JobKind.EVALUATE]
        return [job_id for job_id in ready if self.finish(job_id)]

    def finish(self, job_id: str) -> bool:
        """End one evaluation and log its accuracy; False where it is not over, or ended before.

        Where that cannot be done the job fails, so that it does not wait for ever.
        """
        try:
            return self._finish(job_id)
        except ForNow:
            raise
        except Exception as error:
            log.exception("job %s: its results cannot be summed up", job_id)
            message = f"the results cannot be summed up: {error}"
            with self.database.begin() as session:
                return jobs.fail(session, job_id, "summary", message)

    def _finish(self, job_id: str) -> bool:
        with self.database.read() as session:
            if not jobs.finishable(session, job_id=job_id):
                return False
            end = self._sum_up(session, jobs.get(session, None, job_id))
        blobs = [self.blobs.put(line.outcomes) for line in end.lines]
        with self.database.begin() as session:
            return _end(session, job_id, end, blobs)

    def _sum_up(self, session: Session, job: Job) -> End:
        lines = tuple(measured(session, self.truths, job))
        if job.params.get("gate"):
            return End(lines, judged(lines, self.settings), None)
        alert = None
        if job.dataset_id is not None and job.params.get("schedule"):
            dataset = datasets.get(session, None, job.dataset_id)
            before = evaluations.baseline(session, dataset, job.params["schedule"])
            alert = alerts.fallen(self.blobs, before, lines[0]) if before else None
        return End(lines, None, alert, audited(session, self.truths, job))


def _end(session: Session, job_id: str, end: End, blobs: list[str]) -> bool:
    if not jobs.finish(session, job_id):
        return False
    job = jobs.get(session, None, job_id)
    if job.status != JobStatus.SUCCEEDED:
        return True
    last = len(blobs) - 1
    # A job has one line in the log; of a gate's two that is the candidate's.
    rows = [
        _log(session, job, line, blob, end.alert, is_jobs=number == last)
        for number, (line, blob) in enumerate(zip(end.lines, blobs, strict=True))
    ]
    job.params = job.params | {"accuracy": rows[-1].accuracy}
    if end.audit is not None:
        end.audit.write(session, job)
    if end.decision is not None:
        _decide(session, job, end.decision, rows)
    if end.alert is not None:
        log.error("dataset %s: %s", job.dataset_id, end.alert["message"])
        audit.note(session, None, "evaluation.alert", rows[-1].id, end.alert)
    return True


def _log(
    session: Session, job: Job, line: Measured, blob: str, alert: Json | None, *, is_jobs: bool
) -> Evaluation:
    row = evaluations.add(
        session,
        key_id=job.key_id,
        job_id=job.id if is_jobs else None,
        model=line.summary.model,
        dataset=_dataset(session, job),
        metrics=line.summary.to_json(),
        outcomes=blob,
        schedule=job.params.get("schedule"),
        alert=alert,
    )
    if row is None:
        raise NotFound(f"the job {job.id} is in the accuracy log already")
    return row


def _dataset(session: Session, job: Job) -> Dataset | None:
    return datasets.get(session, None, job.dataset_id) if job.dataset_id else None


def _decide(session: Session, job: Job, decision: Decision, rows: list[Evaluation]) -> None:
    """Write what the gate says of the candidate, and promote it where that was asked for."""
    champion, candidate = rows
    model = gates.decided(session, job, decision.to_json(), champion, candidate)
    detail = {"job": job.id, "passed": decision.passed, "reasons": list(decision.reasons)}
    audit.note(session, None, "model.gate", model.id, detail)
    figures = decision.figures
    as_many = figures["candidate"]["correct"] >= figures["champion"]["correct"]
    if not (job.params.get("promote") and decision.passed and as_many):
        return
    now = models.champion(session)
    if now is None or now.id != champion.model:
        log.warning("%s is not promoted: it was not compared with the champion of now", model.id)
        return
    models.promote(session, model.id)
    audit.note(session, None, "model.promote", model.id, {"gate": "passed", "automatic": True})
    log.info("%s passed the gate and is the champion now", model.id)
