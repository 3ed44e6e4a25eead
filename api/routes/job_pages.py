"""The pages of jobs: the list, one job with its gallery, one puzzle explained; all of them live."""

from dataclasses import dataclass
from typing import get_args

from flask import Response, abort, render_template, request

from api import events, gallery, sessions
from api.errors import Missing
from api.routes.pages import MANY, blueprint, cursor, visitor
from api.routes.results import send_blob, send_picture, stream
from api.schemas import jobs as wire
from api.services import services
from store import datasets as sets
from store import jobs as work
from store import results as answers
from store import selection as chosen
from store import throughput
from store.selection import Kind, Selection
from store.states import OPEN_JOB, JobKind, JobStatus
from store.tables import Job


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a job runs: pictures a second, and seconds until it ends, as far as can be told."""

    rate: float | None
    left: float | None


@blueprint.get("/jobs")
def jobs() -> str:
    """All jobs, newest first, or those of a status."""
    status = request.args.get("status")
    if status not in (None, *JobStatus):
        abort(404)
    with services().database.read() as session:
        page = work.page(session, visitor().tenant, MANY, cursor(), status=status)
    return render_template(
        "jobs.html",
        page=wire.JobPage.model_validate(page),
        status=status,
        statuses=list(JobStatus),
        live=cursor() is None,
    )


@blueprint.get("/jobs/events")
def jobs_events() -> Response:
    """Tells when the newest jobs change, for the page's own script."""
    visitor()
    again, database = sessions.watcher(), services().database

    def state() -> str:
        with database.read() as session:
            rows = work.page(session, again(session).tenant, MANY).items
        return "\n".join(f"{row.id} {row.status} {row.done} {row.failed}" for row in rows)

    return events.tell_changes(services().streams, state)


@blueprint.get("/jobs/<id:job_id>")
def job(job_id: str) -> str:
    """A job with its progress, and some of its pictures with their answers."""
    tenant = visitor().tenant
    picked = _selection()
    with services().database.read() as session:
        row = work.get(session, tenant, job_id)
        shown = wire.Job.model_validate(row)
        live = row.status in OPEN_JOB
        if row.kind == JobKind.IMPORT and row.dataset_id is not None:
            dataset = sets.get(session, None, row.dataset_id)
            return render_template("job.html", job=shown, live=live, dataset=dataset)
        page = chosen.page(session, job_id, picked, gallery.PAGE, cursor())
        counts = chosen.counts(session, row)
        pace = _pace(row, throughput.of_job(session, row) if live else None)
    judged = row.kind == JobKind.EVALUATE
    return render_template(
        "job.html",
        job=shown,
        live=live,
        pace=pace,
        solves=row.kind in (JobKind.SOLVE, JobKind.EVALUATE),
        kinds=gallery.filters(picked, counts, row.done, judged=judged),
        digits=gallery.digits(picked, counts),
        picked=gallery.query(picked),
        pictures=[gallery.shown(result, small=True) for result in page.items],
        next=page.next,
        later=cursor() is not None,
    )


def _selection() -> Selection:
    """What the address asks for; 404 where there is no such kind or digit."""
    kind = request.args.get("show", "all")
    digit = request.args.get("digit", type=int)
    if kind not in get_args(Kind) or (digit is not None and not 1 <= digit <= 5):
        abort(404)
    return Selection(kind, digit)  # type: ignore[arg-type]


def _pace(job: Job, rate: float | None) -> Pace:
    return Pace(rate, (job.total - job.done) / rate if rate else None)


@blueprint.get("/jobs/<id:job_id>/results/<position:position>")
def explain(job_id: str, position: int) -> str:
    """One puzzle, stage by stage, with the way to those beside it in the gallery."""
    picked = _selection()
    with services().database.read() as session:
        row = work.get(session, visitor().tenant, job_id)
        result = answers.one(session, job_id, position)
        before, after = chosen.beside(session, job_id, picked, result)
    return render_template(
        "explain.html",
        job=wire.Job.model_validate(row),
        picked=gallery.query(picked),
        before=before,
        after=after,
        picture=gallery.shown(result),
        outcome=result.outcome,
        seen=result.seen,
        model=result.model,
        seconds=result.seconds,
    )


@blueprint.get("/jobs/<id:job_id>/export/<any(csv, jsonl):kind>")
def export(job_id: str, kind: str) -> Response:
    """All results of a job as a file."""
    return stream(visitor().tenant, job_id, kind)


@blueprint.get("/jobs/<id:job_id>/pictures/<position:position>")
def picture(job_id: str, position: int) -> Response:
    """A picture as it was sent."""
    return send_picture(visitor().tenant, job_id, position)


@blueprint.get("/jobs/<id:job_id>/pictures/<position:position>/small")
def thumbnail(job_id: str, position: int) -> Response:
    """A small copy of a picture, with the crops that its answer stands on."""
    with services().database.read() as session:
        work.get(session, visitor().tenant, job_id)
        copy = answers.thumbnail_at(session, job_id, position)
    if copy is None:
        raise Missing("There is no small copy of this picture.")
    return send_blob(copy)


@blueprint.get("/jobs/<id:job_id>/events")
def job_events(job_id: str) -> Response:
    """A job's progress as events, for the page's own script."""
    visitor()
    again, database = sessions.watcher(), services().database

    def now() -> wire.Job:
        with database.read() as session:
            return wire.Job.model_validate(work.get(session, again(session).tenant, job_id))

    return events.respond(services().streams, now)
