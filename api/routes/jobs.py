"""Jobs: start, list, follow, cancel, delete."""

from functools import partial

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from sqlalchemy.orm import Session

from api import bodies, events, intake
from api.accepting import publish, take_on
from api.answers import nothing, respond
from api.archives import Bounds
from api.auth import Caller, caller, needs
from api.bodies import takes_files
from api.errors import Forbidden, Invalid, Unauthenticated, Unsupported
from api.intake import Intake
from api.openapi import SECURITY, Json, answers, errors, gone, multipart_or_json, tag
from api.schemas import jobs as wire
from api.schemas.fields import IdempotencyHeader
from api.services import services
from store import audit, datasets, jobs, keys, models
from store.accept import NewItem
from store.blobs import Batch
from store.errors import InvalidState, NotFound
from store.session import Database
from store.tables import DatasetStatus, Job

api = APIBlueprint(
    "jobs", __name__, url_prefix="/v1/jobs", abp_tags=[tag("jobs")], abp_security=SECURITY
)

_ACCEPTED = answers(202, wire.Job, "Accepted: the job.", location=True)
_JOB = answers(200, wire.Job, "The job.")


@api.post(
    "/solve",
    responses=_ACCEPTED | errors(404, 409, 413, 415, 422, 507),
    openapi_extensions=multipart_or_json(),
)
@needs("submit")
@takes_files
def solve(header: IdempotencyHeader) -> Response:
    """Solve pictures.

    Send `images` (files) or one `archive` (zip) as multipart, a zip archive as the whole body, or
    the id of a dataset as JSON. A file that is no picture gets its own error result, the rest are
    solved. Needs the scope `submit`.
    """
    if request.is_json:
        body = bodies.read(wire.DatasetJob, request.get_json())
        return _over_dataset("solve", body, header)
    with services().blobs.batch() as batch:
        taken = _pictures(batch)
        taken.check()
        fields = bodies.read(wire.SolveFields, taken.fields)
        if fields.model is not None:
            _known(fields.model)
    asked = intake.digest(
        "solve", fields.model, [(item.name, item.blob) for item in taken.items], *_urgency(fields)
    )
    pair = _pair(header, asked)
    return _accepted(
        take_on("solve", taken.items, pair, model=fields.model, priority=fields.priority)
    )


def _urgency(asked: wire.SolveFields) -> list[str]:
    """What a priority adds to the digest of a request: nothing to those that name none."""
    return [] if asked.priority == "normal" else [asked.priority]


def _accepted(job: Job) -> Response:
    return respond(wire.Job.model_validate(job), 202, location=url_for("jobs.show", job_id=job.id))


def _pictures(batch: Batch) -> Intake:
    settings = services().settings
    taken = Intake(batch, settings.max_files)
    bounds = Bounds(settings.max_files, intake.UNPACKED * settings.max_body_bytes)
    if request.mimetype == "multipart/form-data":
        intake.pictures(request, taken, bounds)
    elif request.mimetype == "application/zip":
        intake.whole_body(request, taken, bounds)
    else:
        raise Unsupported(
            "Send multipart/form-data with 'images' or 'archive', application/zip, "
            "or application/json with the id of a dataset."
        )
    return taken


def _known(model: str) -> None:
    with services().database.read() as session:
        _registered(session, "model", model)


def _registered(session: Session, field: str, model: str) -> str:
    """The id of the model that a field names."""
    try:
        return models.get(session, model).id
    except NotFound as error:
        raise Invalid.of(field, f"there is no model {model!r}") from error


def _pair(header: IdempotencyHeader, digest: str) -> tuple[str, str] | None:
    return (header.idempotency_key, digest) if header.idempotency_key else None


def _over_dataset(kind: str, body: wire.DatasetJob, header: IdempotencyHeader) -> Response:
    if body.model is not None:
        _known(body.model)
    pair = _pair(header, intake.digest(kind, body.model, body.dataset, *_urgency(body)))
    with services().database.read() as session:
        dataset = datasets.get(session, caller().tenant, body.dataset)
        # One that is still being checked is taken: its pictures are known.
        rejected = dataset.status == DatasetStatus.REJECTED
        if rejected and not (pair and jobs.made_before(session, caller().key_id, pair)):
            raise Invalid.of("dataset", "was rejected; GET /v1/datasets/{id} lists its problems")
        images = datasets.images(session, dataset.id)
    items = [NewItem(image.name, image.blob) for image in images]
    job = take_on(
        kind, items, pair, dataset_id=dataset.id, model=body.model, priority=body.priority
    )
    return _accepted(job)


@api.post("/evaluate", responses=_ACCEPTED | errors(404, 409, 413, 415, 422, 507))
@needs("submit")
def evaluate(header: IdempotencyHeader, body: wire.DatasetJob) -> Response:
    """Measure a model's accuracy on a dataset.

    The champion's, unless a model is named. The outcome joins the accuracy log at
    `/v1/evaluations`. Needs the scope `submit`.
    """
    return _over_dataset("evaluate", body, header)


@api.post("/retrain", responses=_ACCEPTED | errors(404, 409, 413, 415, 422, 507))
@needs("train")
def retrain(header: IdempotencyHeader, body: wire.RetrainJob) -> Response:
    """Train a model on a dataset; it becomes a candidate.

    The champion stays what it is. Part of the puzzles is held out, and the figures of parent and
    new model on them are the outcome of the job's one result, whose `model` is the new one.
    Needs the scope `train`, and `admin` to promote.
    """
    if body.promote and not caller().may("admin"):
        raise Forbidden("'promote' needs a key with the scope admin; leave it out.")
    params = body.model_dump(exclude={"dataset", "parent"})
    pair = _pair(header, intake.digest("retrain", body.model_dump()))
    with services().database.read() as session:
        dataset = datasets.get(session, caller().tenant, body.dataset)
        parent = None if body.parent is None else _registered(session, "parent", body.parent)
        usable = dataset.status == DatasetStatus.READY
        if not usable and not (pair and jobs.made_before(session, caller().key_id, pair)):
            raise InvalidState(_NOT_READY[DatasetStatus(dataset.status)])
    items = [NewItem(dataset.name, dataset.labels)]
    job = take_on("retrain", items, pair, dataset_id=dataset.id, model=parent, params=params)
    return _accepted(job)


_NOT_READY = {
    DatasetStatus.CHECKING: "the dataset is still being checked; wait until its status is ready",
    DatasetStatus.REJECTED: "the dataset was rejected; GET /v1/datasets/{id} lists its problems",
}


@api.get("", responses=answers(200, wire.JobPage, "A page of jobs.") | errors(422))
@needs("read")
def index(query: wire.JobsQuery) -> Response:
    """List jobs, newest first. Needs the scope `read`."""
    with services().database.read() as session:
        page = jobs.page(
            session,
            caller().tenant,
            query.limit,
            query.cursor,
            kind=query.kind,
            status=query.status,
        )
    return respond(wire.JobPage.model_validate(page))


@api.get("/<id:job_id>", responses=_JOB | errors(404))
@needs("read")
def show(path: wire.JobPath) -> Response:
    """Read a job. Needs the scope `read`."""
    return respond(look(services().database, caller().tenant, path.job_id))


def look(database: Database, tenant: str | None, job_id: str) -> wire.Job:
    """A job as it is now."""
    with database.read() as session:
        return wire.Job.model_validate(jobs.get(session, tenant, job_id))


def watch(database: Database, who: Caller, job_id: str) -> wire.Job:
    """A job as it is now, for somebody whose key may have been revoked meanwhile."""
    with database.read() as session:
        if keys.active(session, who.key_id) is None:
            raise Unauthenticated("The API key is expired or revoked.")
        return wire.Job.model_validate(jobs.get(session, who.tenant, job_id))


_STREAM: Json = {
    "200": {
        "description": "Events: `progress` with the job whenever it changes, `end` with it at its "
        "end; comments in between.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@api.get("/<id:job_id>/events", responses=_STREAM | errors(404))
@needs("read")
def follow(path: wire.JobPath) -> Response:
    """Follow a job as server-sent events.

    Answers 503 where too many are following; poll the job then. Needs the scope `read`.
    """
    # The stream outlives the request, so it takes along what it needs.
    now = partial(watch, services().database, caller(), path.job_id)
    return events.respond(services().streams, now)


@api.post("/<id:job_id>/cancel", responses=_JOB | errors(404))
@needs("submit")
def cancel(path: wire.JobPath) -> Response:
    """Stop a job.

    What waits is cancelled at once, results that are there stay; a job that has ended stays as it
    is. Needs the scope `submit`.
    """
    with services().database.begin() as session:
        job = jobs.cancel(session, caller().tenant, path.job_id)
        audit.note(session, caller().key_id, "job.cancel", job.id)
    return respond(wire.Job.model_validate(job))


@api.post("/<id:job_id>/release", responses=_JOB | errors(404, 409))
@needs("admin")
def release(path: wire.JobPath) -> Response:
    """Try pictures again that were set aside because workers died with them.

    A solve job that had ended runs again. Needs the scope `admin`.
    """
    with services().database.begin() as session:
        released = jobs.release_quarantined(session, path.job_id)
        audit.note(session, caller().key_id, "job.release", path.job_id, {"pictures": released})
    publish(path.job_id)
    return respond(look(services().database, caller().tenant, path.job_id))


@api.delete("/<id:job_id>", responses=gone("It is gone.") | errors(404))
@needs("submit")
def delete(path: wire.JobPath) -> Response:
    """Remove a job with its pictures and results, running or not. Needs the scope `submit`."""
    with services().database.begin() as session:
        jobs.delete(session, caller().tenant, path.job_id)
        audit.note(session, caller().key_id, "job.delete", path.job_id)
    return nothing()
