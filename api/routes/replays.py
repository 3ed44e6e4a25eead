"""Past results computed again, and held against what they were."""

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint

from api import formats, intake
from api.accepting import limits, publish
from api.answers import respond
from api.auth import caller, needs
from api.errors import Missing
from api.openapi import SECURITY, answers, errors, tag
from api.schemas import jobs as wire
from api.schemas.fields import IdempotencyHeader
from api.schemas.replays import Replayed
from api.schemas.results import ResultPath
from api.services import services
from store import audit, jobs, replays, results
from store.tables import Job, Result

api = APIBlueprint(
    "replays", __name__, url_prefix="/v1/jobs", abp_tags=[tag("results")], abp_security=SECURITY
)

#: What must be equal, to the last digit.
RECORD = ("tile", "x", "y", "digit", "confidence", "error_code", "error_message", "model", "seen")


@api.post(
    "/<id:job_id>/results/<position:position>/replay",
    responses=answers(202, wire.Job, "Accepted: the job.", location=True)
    | errors(404, 409, 422, 507),
)
@needs("submit")
def replay(path: ResultPath, header: IdempotencyHeader) -> Response:
    """Compute a past result again from its kept picture, with the model that it names.

    And, beside it, with today's champion. One job does both; `/v1/jobs/{id}/replay` then tells
    whether the result is the same bit for bit. Answers 404 where the picture is no longer kept, or
    the model no longer known. Needs the scope `submit`.
    """
    digest = intake.digest("replay", path.job_id, path.position)
    pair = (header.idempotency_key, digest) if header.idempotency_key else None
    with services().database.begin() as session:
        item = jobs.item(session, caller().tenant, path.job_id, path.position)
        if not services().blobs.exists(item.blob):
            raise Missing("The picture is no longer kept, so nothing can be computed from it.")
        job, created = replays.start(
            session,
            caller().tenant,
            caller().key_id,
            path.job_id,
            path.position,
            idempotency=pair,
            limits=limits(),
        )
        if created:
            audit.note(session, caller().key_id, "job.replay", job.id, job.params["replay"])
    if created:
        publish(job.id)
    location = url_for("jobs.show", job_id=job.id)
    return respond(wire.Job.model_validate(job), 202, location=location)


@api.get(
    "/<id:job_id>/replay",
    responses=answers(200, Replayed, "The result then and now.") | errors(404),
)
@needs("read")
def show(path: wire.JobPath) -> Response:
    """Read what a replay came to: whether it is the same, and what the champion says.

    `same` is null while it runs. Needs the scope `read`.
    """
    with services().database.read() as session:
        job = jobs.get(session, caller().tenant, path.job_id)
        then = replays.original(session, caller().tenant, job)
        rows = results.page(session, job.id, 2, seen=True).items
    return respond(_compared(job, then, {row.position: row for row in rows}))


def _compared(job: Job, then: Result, rows: dict[int, Result]) -> Replayed:
    again, champion = rows.get(0), rows.get(1)
    differences = _differences(then, again) if again else []
    return Replayed(
        job=job.id,
        status=wire.Job.model_validate(job).status,
        error=wire.Job.model_validate(job).error,
        of=job.params["replay"],
        same=not differences if again else None,
        differences=differences,
        then=formats.solved(then),
        again=formats.solved(again) if again else None,
        champion=formats.solved(champion) if champion else None,
        champion_agrees=champion.tile == then.tile if champion else None,
    )


def _differences(then: Result, again: Result) -> list[str]:
    """The fields of the record that differ, and those of what was seen as `seen.…`."""
    names = [name for name in RECORD if getattr(then, name) != getattr(again, name)]
    if "seen" not in names or then.seen is None or again.seen is None:
        return names
    seen = sorted(then.seen.keys() | again.seen.keys())
    fields = [f"seen.{k}" for k in seen if then.seen.get(k) != again.seen.get(k)]
    return [name for name in names if name != "seen"] + fields
