"""The web page: what a person sees of the service, without any need for scripts."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, request

from api import events, log_schemas, navigation, schemas, sessions
from api.answers import respond
from api.auth import Caller
from api.drawing import Drawing, draw
from api.formats import solved
from api.routes.jobs import look, watch
from api.routes.results import send_picture
from api.services import services
from store import datasets as sets
from store import evaluations as log
from store import jobs as work
from store import results as answers
from store.states import OPEN_JOB, JobKind
from store.tables import Job, Result

blueprint = Blueprint("pages", __name__)
blueprint.add_app_template_filter(schemas.utc, "utc")

#: Rows of the overview's lists, of a list's page, and pictures on a page of a gallery.
FEW, MANY, GALLERY = 8, 50, 24


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the gallery: what became of it, in words for those who do not see it, drawn."""

    solved: schemas.Solved
    words: str
    drawing: Drawing | None


@blueprint.context_processor
def frame() -> dict[str, Any]:
    """What the frame around every page shows."""
    visitor = sessions.visitor()
    return {"visitor": visitor, "csrf": sessions.token(), "places": navigation.places(visitor)}


@blueprint.get("/")
def overview() -> str:
    """The state of things, or the way in."""
    if sessions.visitor() is None:
        return render_template("sign_in.html")
    tenant = _visitor().tenant
    with services().database.read() as session:
        jobs = work.page(session, tenant, FEW)
        evaluations = log.page(session, tenant, FEW)
        watched = log.watched(session, tenant)
        counts = work.counts(session, tenant)
    figures = {
        "Running jobs": counts.jobs["queued"] + counts.jobs["running"],
        "Pictures waiting": counts.pending,
        "Finished jobs": counts.jobs["succeeded"],
        "Latest accuracy": _percent(evaluations.items[0].accuracy if evaluations.items else None),
    }
    return render_template(
        "overview.html",
        figures=figures,
        jobs=schemas.JobPage.model_validate(jobs),
        evaluations=log_schemas.EvaluationPage.model_validate(evaluations),
        fallen=[row for row in watched if row.alert is not None],
    )


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"


def _visitor() -> Caller:
    return sessions.need("read")


def _cursor() -> str | None:
    return request.args.get("cursor")


@blueprint.get("/jobs")
def jobs() -> str:
    """All jobs, newest first."""
    tenant = _visitor().tenant
    with services().database.read() as session:
        page = work.page(session, tenant, MANY, _cursor())
    return render_template("jobs.html", page=schemas.JobPage.model_validate(page))


@blueprint.get("/submit")
def submit() -> str:
    """Where pictures are sent."""
    sessions.need("submit")
    return render_template("submit.html")


@blueprint.get("/evaluations")
def evaluations() -> str:
    """The accuracy log."""
    tenant = _visitor().tenant
    with services().database.read() as session:
        page = log.page(session, tenant, MANY, _cursor())
    return render_template("evaluations.html", page=log_schemas.EvaluationPage.model_validate(page))


@blueprint.get("/evaluations/<id:evaluation_id>")
def evaluation(evaluation_id: str) -> str:
    """One evaluation with all its figures."""
    tenant = _visitor().tenant
    with services().database.read() as session:
        row = log.get(session, tenant, evaluation_id)
    return render_template("evaluation.html", entry=log_schemas.Evaluation.model_validate(row))


@blueprint.get("/jobs/<id:job_id>")
def job(job_id: str) -> str:
    """A job with its progress, and its pictures with their answers."""
    tenant = _visitor().tenant
    with services().database.read() as session:
        row = work.get(session, tenant, job_id)
        if row.kind == JobKind.IMPORT and row.dataset_id is not None:
            return _job(row, dataset=sets.get(session, None, row.dataset_id))
        page = answers.page(session, job_id, GALLERY, _cursor(), seen=True)
    return _job(row, pictures=[_picture(result) for result in page.items], next=page.next)


def _job(row: Job, **results: object) -> str:
    shown = schemas.Job.model_validate(row)
    return render_template("job.html", job=shown, live=row.status in OPEN_JOB, **results)


def _picture(row: Result) -> Picture:
    words = row.error_message or f"the answer is in tile {row.tile}"
    drawing = draw(row.tile, row.x, row.y, row.digit, row.seen)
    return Picture(solved(row), f"{row.image}: {words}", drawing)


@blueprint.get("/jobs/<id:job_id>/pictures/<position:position>")
def picture(job_id: str, position: int) -> Response:
    """A picture as it was sent."""
    return send_picture(_visitor().tenant, job_id, position)


@blueprint.get("/jobs/<id:job_id>/progress")
def job_progress(job_id: str) -> Response:
    """A job as JSON, for the page's own script."""
    return respond(look(services().database, _visitor().tenant, job_id))


@blueprint.get("/jobs/<id:job_id>/events")
def job_events(job_id: str) -> Response:
    """A job's progress as events, for the page's own script."""
    now = partial(watch, services().database, _visitor(), job_id)
    return events.respond(services().streams, now)
