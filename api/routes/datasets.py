"""Labelled datasets."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from sqlalchemy.orm import Session

from api import bodies, labels
from api.adding import NewDataset, add
from api.answers import nothing, respond
from api.auth import caller, needs
from api.bodies import takes_files
from api.intake import digest
from api.openapi import SECURITY, answers, archive_body, errors, gone, tag
from api.schemas import datasets as wire
from api.schemas.fields import IdempotencyHeader, PageQuery
from api.services import services
from store import audit, datasets, evaluations
from store.tables import Dataset

api = APIBlueprint(
    "datasets",
    __name__,
    url_prefix="/v1/datasets",
    abp_tags=[tag("datasets")],
    abp_security=SECURITY,
)

#: Evaluations that are shown of each version.
LATEST = 5

_DATASET = answers(200, wire.Dataset, "The dataset.")


@api.post(
    "",
    responses=answers(201, wire.Dataset, "The dataset, to be checked.", location=True)
    | errors(409, 413, 415, 422, 507),
    openapi_extensions=archive_body(),
)
@needs("submit")
@takes_files
def create(header: IdempotencyHeader, query: wire.UploadQuery) -> Response:
    """Upload a labelled dataset as a zip archive.

    It holds `labels.json` (Label Studio's export) or LabelMe files beside the images. A worker
    checks labels and images: `status` goes from `checking` to `ready` or `rejected`, `problems`
    says what is wrong, task by task, `statistics` what is there. Needs the scope `submit`.
    """
    upload = labels.receive(request, services())
    given = query.model_dump(exclude_none=True) | upload.fields
    return created(add_upload(upload, given, header.idempotency_key))


def add_upload(
    upload: labels.Upload, given: Mapping[str, Any], idempotency_key: str | None = None
) -> Dataset:
    """Add an uploaded dataset as it is to be called and used; raises Invalid."""
    settings = _settings(upload, given)
    asked = digest("import", upload.version, settings.name, settings.nightly)
    new = NewDataset(
        key_id=caller().key_id,
        name=settings.name or "dataset",
        version=upload.version,
        labels=upload.labels,
        images=upload.images,
        nightly=settings.nightly or False,
        action="dataset.create",
    )
    return add(new, (idempotency_key, asked) if idempotency_key else None)


def created(row: Dataset) -> Response:
    """The answer to a request that made a dataset."""
    location = url_for("datasets.show", dataset_id=row.id)
    return respond(wire.Dataset.model_validate(row), 201, location=location)


def _settings(upload: labels.Upload, given: Mapping[str, Any]) -> wire.UploadQuery:
    """What was said; the archive's own name where none is given."""
    name = PurePosixPath(upload.filename).stem[:100] or "dataset"
    return bodies.read(wire.UploadQuery, {"name": name} | dict(given))


@api.get("", responses=answers(200, wire.DatasetPage, "A page of datasets.") | errors(422))
@needs("read")
def index(query: PageQuery) -> Response:
    """List datasets, newest first. Needs the scope `read`."""
    with services().database.read() as session:
        page = datasets.page(session, caller().tenant, query.limit, query.cursor)
    return respond(wire.DatasetPage.model_validate(page))


@api.get(
    "/<id:dataset_id>",
    responses=answers(200, wire.DatasetDetail, "The dataset.") | errors(404),
)
@needs("read")
def show(path: wire.DatasetPath) -> Response:
    """Read a dataset, what its check found, where it comes from, and all its versions.

    Versions have their latest evaluations beside them: the accuracy before a correction and after
    it. Needs the scope `read`.
    """
    with services().database.read() as session:
        row = datasets.get(session, caller().tenant, path.dataset_id)
        versions = [_version(session, it) for it in datasets.lineage(session, caller().tenant, row)]
    plain = wire.Dataset.model_validate(row).model_dump()
    return respond(wire.DatasetDetail(**plain, origin=row.origin, versions=versions))


def _version(session: Session, row: Dataset) -> wire.Version:
    found = evaluations.page(session, caller().tenant, LATEST, dataset_id=row.id).items
    return wire.Version(
        id=row.id,
        version=row.version,
        name=row.name,
        parent=row.parent,
        created_at=row.created_at,
        evaluations=[wire.Measured.model_validate(it) for it in found],
    )


@api.patch("/<id:dataset_id>", responses=_DATASET | errors(404, 413, 415, 422))
@needs("submit")
def change(path: wire.DatasetPath, body: wire.DatasetBody) -> Response:
    """Say whether the champion is evaluated on it every night. Needs the scope `submit`."""
    with services().database.begin() as session:
        row = datasets.set_nightly(session, caller().tenant, path.dataset_id, nightly=body.nightly)
        detail = {"nightly": body.nightly}
        audit.note(session, caller().key_id, "dataset.nightly", row.id, detail)
    return respond(wire.Dataset.model_validate(row))


@api.delete("/<id:dataset_id>", responses=gone("It is gone.") | errors(404, 409))
@needs("submit")
def delete(path: wire.DatasetPath) -> Response:
    """Remove a dataset with its reviews, unless a job that has not ended uses it (409).

    Jobs that have ended and evaluations stay. Its pictures go later, when nothing else refers to
    them. Needs the scope `submit`.
    """
    with services().database.begin() as session:
        row = datasets.delete(session, caller().tenant, path.dataset_id)
        audit.note(session, caller().key_id, "dataset.delete", row.id, {"name": row.name})
    return nothing()
