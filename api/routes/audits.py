"""Doubtful labels of a dataset: audits, suspects, reviews, and corrected versions."""

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint

from api.accepting import take_on
from api.adding import NewDataset, add
from api.answers import respond
from api.auth import caller, needs
from api.errors import Invalid
from api.intake import digest
from api.openapi import SECURITY, answers, errors, tag
from api.routes.datasets import created
from api.schemas import audits as wire
from api.schemas.datasets import Dataset, DatasetPath
from api.schemas.fields import IdempotencyHeader, PageQuery
from api.schemas.jobs import Job
from api.services import services
from store import audit, corrections, datasets, models, reviews
from store.accept import NewItem
from store.corrections import Correction, TaskCorrection
from store.errors import BadCorrection, NotFound
from store.reviews import Reviewed
from store.tables import DatasetStatus, LabelReview

api = APIBlueprint(
    "audits",
    __name__,
    url_prefix="/v1/datasets",
    abp_tags=[tag("datasets")],
    abp_security=SECURITY,
)


@api.post(
    "/<id:dataset_id>/audit",
    responses=answers(202, Job, "Accepted: the job.", location=True) | errors(404, 409, 422),
)
@needs("submit")
def start(path: DatasetPath, header: IdempotencyHeader, query: wire.AuditQuery) -> Response:
    """Audit the labels: an evaluation whose end writes the dataset's suspects anew.

    By the champion, unless a model is named. It changes no label. Needs the scope `submit`.
    """
    with services().database.read() as session:
        row = datasets.get(session, caller().tenant, path.dataset_id)
        if row.status == DatasetStatus.REJECTED:
            raise Invalid.of("dataset", "was rejected; GET /v1/datasets/{id} lists its problems")
        images = datasets.images(session, row.id)
        if query.model is not None:
            try:
                models.get(session, query.model)
            except NotFound as error:
                raise Invalid.of("model", f"there is no model {query.model!r}") from error
    job = take_on(
        "evaluate",
        [NewItem(image.name, image.blob) for image in images],
        _pair(header, digest("audit", row.id, query.model)),
        dataset_id=row.id,
        model=query.model,
        params={"audit": True},
    )
    return respond(Job.model_validate(job), 202, location=url_for("jobs.show", job_id=job.id))


def _pair(header: IdempotencyHeader, asked: str) -> tuple[str, str] | None:
    return (header.idempotency_key, asked) if header.idempotency_key else None


@api.get(
    "/<id:dataset_id>/suspects",
    responses=answers(200, wire.SuspectPage, "A page of suspects.") | errors(404, 422),
)
@needs("read")
def suspects(path: DatasetPath, query: PageQuery) -> Response:
    """List the labels that the last audit suspects, likeliest first, with their reviews.

    A dataset that was never audited has none; `statistics.audit` tells. Needs the scope `read`.
    """
    with services().database.read() as session:
        row = datasets.get(session, caller().tenant, path.dataset_id)
        page = reviews.page(session, row.id, query.limit, query.cursor)
    return respond(wire.SuspectPage(items=[_suspect(it) for it in page.items], next=page.next))


def _suspect(found: Reviewed) -> wire.Suspect:
    review = wire.Review.model_validate(found.review) if found.review else None
    return wire.Suspect(**found.suspect.detail, review=review)


@api.put(
    "/<id:dataset_id>/reviews/<path:task>",
    responses=answers(200, wire.Review, "The review.") | errors(404, 413, 415, 422),
)
@needs("submit")
def review(path: wire.ReviewPath, body: wire.ReviewBody) -> Response:
    """Say whether the label of a task is right, and what it should be.

    A review changes no label: `POST …/corrections` makes a version that does. It takes the place of
    an earlier one. Needs the scope `submit`.
    """
    if body.correction is not None and body.verdict != "wrong":
        raise Invalid.of("correction", "goes with the verdict 'wrong' only")
    correction = body.correction.model_dump(exclude_unset=True) if body.correction else None
    with services().database.begin() as session:
        row = datasets.get(session, caller().tenant, path.dataset_id)
        found = reviews.review(
            session, row.id, path.task, caller().key_id, body.verdict, correction, body.note
        )
        detail = {"task": path.task, "verdict": body.verdict}
        audit.note(session, caller().key_id, "dataset.review", row.id, detail)
    return respond(wire.Review.model_validate(found))


@api.post(
    "/<id:dataset_id>/corrections",
    responses=answers(201, Dataset, "The new version, to be checked.", location=True)
    | errors(404, 409, 413, 415, 422, 507),
)
@needs("submit")
def correct(path: DatasetPath, header: IdempotencyHeader, body: wire.CorrectionsBody) -> Response:
    """Make a corrected version: other labels, the same pictures, checked like an upload.

    The dataset itself stays as it is; the new one names it as its `parent`, and who made it, why,
    and every change in its `origin`. Needs the scope `submit`.
    """
    with services().database.read() as session:
        row = datasets.get(session, caller().tenant, path.dataset_id)
        images = datasets.images(session, row.id)
        asked = body.listed() or _reviewed(reviews.corrections(session, row.id))
    if not asked:
        raise Invalid.of("changes", "no review calls a label wrong and says what it should be")
    try:
        changed, changes = corrections.apply(services().blobs.get(row.labels), asked)
    except BadCorrection as error:
        raise Invalid.of("changes", str(error)) from error
    listed = [datasets.NewImage(image.name, image.blob) for image in images]
    new = NewDataset(
        key_id=row.key_id,
        name=body.name or row.name,
        version=datasets.version_of(changed, listed),
        labels=services().blobs.put(changed),
        images=listed,
        nightly=row.nightly,
        action="dataset.correct",
        parent=row.id,
        origin=_origin(body.why, changes),
    )
    return created(add(new, _pair(header, digest("correct", row.id, body.model_dump_json()))))


def _reviewed(found: list[LabelReview]) -> list[TaskCorrection]:
    return [
        TaskCorrection(task=it.task, correction=Correction.model_validate(it.correction))
        for it in found
    ]


def _origin(why: str, changes: list[dict[str, object]]) -> dict[str, object]:
    return {"by": {"id": caller().key_id, "name": caller().name}, "why": why, "changes": changes}
