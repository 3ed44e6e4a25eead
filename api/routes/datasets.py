"""Labelled datasets."""

from pathlib import PurePosixPath

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint

from api import bodies, labels, schemas
from api.accepting import limits, publish
from api.answers import respond
from api.auth import caller, needs
from api.bodies import takes_files
from api.intake import digest
from api.openapi import SECURITY, answers, archive_body, errors, tag
from api.services import services
from store import audit, datasets, jobs
from store.accept import NewItem
from store.tables import Dataset

api = APIBlueprint(
    "datasets",
    __name__,
    url_prefix="/v1/datasets",
    abp_tags=[tag("datasets")],
    abp_security=SECURITY,
)

_DATASET = answers(200, schemas.Dataset, "The dataset.")


class _Repeated(Exception):
    """Rolls back what a repeated request wrote; carries the dataset it made at first."""

    def __init__(self, dataset_id: str) -> None:
        self.dataset_id = dataset_id


@api.post(
    "",
    responses=answers(201, schemas.Dataset, "The dataset, to be checked.", location=True)
    | errors(409, 413, 415, 422, 507),
    openapi_extensions=archive_body(),
)
@needs("submit")
@takes_files
def create(header: schemas.IdempotencyHeader, query: schemas.UploadQuery) -> Response:
    """Upload a labelled dataset as a zip archive.

    It holds `labels.json` (Label Studio's export) or LabelMe files beside the images. A worker
    checks the labels: `status` goes from `checking` to `ready` or `rejected`, `problems` says what
    is wrong. Needs the scope `submit`.
    """
    upload = labels.receive(request, services())
    settings = _settings(upload, query)
    try:
        row = _accept(upload, settings, header.idempotency_key)
    except _Repeated as repeated:
        with services().database.read() as session:
            row = datasets.get(session, caller().tenant, repeated.dataset_id)
    location = url_for("datasets.show", dataset_id=row.id)
    return respond(schemas.Dataset.model_validate(row), 201, location=location)


def _settings(upload: labels.Upload, query: schemas.UploadQuery) -> schemas.UploadQuery:
    """What the form says, or else the query; the archive's own name where none is given."""
    given = query.model_dump(exclude_none=True) | upload.fields
    given.setdefault("name", PurePosixPath(upload.filename).stem[:100] or "dataset")
    return bodies.read(schemas.UploadQuery, given)


def _accept(
    upload: labels.Upload, settings: schemas.UploadQuery, idempotency_key: str | None
) -> Dataset:
    """Write the dataset and the job that checks it in one transaction, then tell the workers."""
    asked = digest("import", upload.version, settings.name, settings.nightly)
    with services().database.begin() as session:
        row = datasets.create(
            session,
            caller().key_id,
            settings.name or "dataset",
            upload.version,
            upload.labels,
            upload.images,
            nightly=settings.nightly or False,
        )
        job, created = jobs.accept(
            session,
            caller().key_id,
            "import",
            [NewItem(labels.LABELS, upload.labels)],
            chunk_size=1,
            dataset_id=row.id,
            idempotency=(idempotency_key, asked) if idempotency_key else None,
            limits=limits(),
        )
        if not created:
            raise _Repeated(job.dataset_id or "")
        audit.note(session, caller().key_id, "dataset.create", row.id, {"images": row.images})
    publish(job.id)
    return row


@api.get("", responses=answers(200, schemas.DatasetPage, "A page of datasets.") | errors(422))
@needs("read")
def index(query: schemas.PageQuery) -> Response:
    """List datasets, newest first. Needs the scope `read`."""
    with services().database.read() as session:
        page = datasets.page(session, caller().tenant, query.limit, query.cursor)
    return respond(schemas.DatasetPage.model_validate(page))


@api.get("/<id:dataset_id>", responses=_DATASET | errors(404))
@needs("read")
def show(path: schemas.DatasetPath) -> Response:
    """Read a dataset and what its check found. Needs the scope `read`."""
    with services().database.read() as session:
        row = datasets.get(session, caller().tenant, path.dataset_id)
    return respond(schemas.Dataset.model_validate(row))


@api.patch("/<id:dataset_id>", responses=_DATASET | errors(404, 413, 415, 422))
@needs("submit")
def change(path: schemas.DatasetPath, body: schemas.DatasetBody) -> Response:
    """Say whether the champion is evaluated on it every night. Needs the scope `submit`."""
    with services().database.begin() as session:
        row = datasets.set_nightly(session, caller().tenant, path.dataset_id, nightly=body.nightly)
        detail = {"nightly": body.nightly}
        audit.note(session, caller().key_id, "dataset.nightly", row.id, detail)
    return respond(schemas.Dataset.model_validate(row))
