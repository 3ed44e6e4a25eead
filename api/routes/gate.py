"""The gate before a promotion."""

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint

from api import intake
from api.accepting import limits, publish
from api.answers import respond
from api.auth import caller, needs
from api.errors import Invalid
from api.openapi import SECURITY, answers, errors, tag
from api.schemas.fields import IdempotencyHeader
from api.schemas.jobs import Job
from api.schemas.models import GateJob, ModelPath
from api.services import services
from store import audit, datasets, gates, models
from store.tables import DatasetStatus

api = APIBlueprint(
    "gate", __name__, url_prefix="/v1/models", abp_tags=[tag("models")], abp_security=SECURITY
)


@api.post(
    "/<model:model_id>/gate",
    responses=answers(202, Job, "Accepted: the job.", location=True)
    | errors(404, 409, 413, 415, 422, 507),
)
@needs("submit")
def judge(path: ModelPath, header: IdempotencyHeader, body: GateJob) -> Response:
    """Hold a candidate against the champion on the same held-out puzzles.

    One job solves each of them with both models. The decision, its reasons and both evaluations
    are then found under `gate` at `/v1/models/{id}`. The candidate passes where nothing shows that
    it is worse: on all puzzles, on any slice, in its calibration, in its speed. Needs the scope
    `submit`.
    """
    digest = intake.digest("gate", path.model_id, body.dataset, body.split)
    pair = (header.idempotency_key, digest) if header.idempotency_key else None
    with services().database.begin() as session:
        dataset = datasets.get(session, caller().tenant, body.dataset)
        if dataset.status == DatasetStatus.REJECTED:
            raise Invalid.of("dataset", "was rejected; GET /v1/datasets/{id} lists its problems")
        job, created = gates.start(
            session,
            caller().key_id,
            models.get(session, path.model_id),
            dataset.id,
            chunk_size=services().settings.chunk_size,
            split=body.split,
            idempotency=pair,
            limits=limits(),
        )
        if created:
            audit.note(session, caller().key_id, "job.gate", job.id, {"model": job.model})
    if created:
        publish(job.id)
    location = url_for("jobs.show", job_id=job.id)
    return respond(Job.model_validate(job), 202, location=location)
