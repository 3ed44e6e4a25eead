"""Models as files: out of the registry, and into it."""

from typing import IO

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint

from api.answers import respond
from api.auth import caller, needs
from api.bodies import takes_files
from api.errors import Invalid, Unsupported
from api.intake import Intake, clean, read, spooled
from api.multipart import Part
from api.openapi import SECURITY, Json, answers, errors, model_body, tag
from api.schemas import models as wire
from api.services import services
from store import audit, model_archive, models
from store.errors import BadModelArchive, InvalidState
from store.tables import Model

api = APIBlueprint(
    "model_files",
    __name__,
    url_prefix="/v1/models",
    abp_tags=[tag("models")],
    abp_security=SECURITY,
)

_FILE: Json = {
    "200": {
        "description": "The model as one file.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@api.post(
    "",
    responses=answers(201, wire.Model, "The model, a candidate now.", location=True)
    | answers(200, wire.Model, "The model, which was there already.")
    | errors(413, 415, 422, 507),
    openapi_extensions=model_body(),
)
@needs("admin")
@takes_files
def create() -> Response:
    """Import a model from a file of `orrery models export`.

    All of it is checked first: it holds the files of a model and nothing else, each as its list
    says, and together they are the model that it claims to be. Needs the scope `admin`.
    """
    if request.mimetype == "application/zip":
        with spooled(request) as file:
            return _created(*keep(file))
    if request.mimetype == "multipart/form-data":
        return _created(*_from_form())
    raise Unsupported("Send the file as application/zip, or as 'archive' in multipart/form-data.")


def _from_form() -> tuple[Model, bool]:
    kept: list[tuple[Model, bool]] = []

    def take(part: Part) -> None:
        if part.field != "archive" or kept:
            raise Invalid.of(clean(part.field), "send one file, in the field 'archive'")
        kept.append(keep(part.body))

    with services().blobs.batch() as batch:
        form = Intake(batch, 1)
        read(request, form, take)
    for name in form.fields:
        raise Invalid.of(name, "unknown field; this takes 'archive' alone")
    if not kept:
        raise Invalid.of("archive", "send the file of a model in this field")
    return kept[0]


def keep(file: IO[bytes]) -> tuple[Model, bool]:
    """Store and register a model; tells whether it is new."""
    try:
        contents = model_archive.check(file)
    except BadModelArchive as error:
        raise Invalid.of("archive", str(error)) from error
    file.seek(0)
    blob = services().blobs.put(file)
    card = {"text": contents.card}
    origin = models.Origin(contents.parent, data_version=contents.data_version)
    with services().database.begin() as session:
        new = session.get(Model, contents.id) is None
        row = models.register(
            session,
            contents.id,
            contents.name,
            blob=blob,
            size=contents.size,
            card=card,
            origin=origin,
        )
        models.complete(session, row.id, blob=blob, size=contents.size, card=card)
        audit.note(session, caller().key_id, "model.import", row.id, {"new": new})
    return row, new


def _created(row: Model, new: bool) -> Response:
    location = url_for("models.show", model_id=row.id)
    return respond(wire.Model.model_validate(row), 201 if new else 200, location=location)


@api.get("/<model:model_id>/export", responses=_FILE | errors(404, 409))
@needs("read")
def export(path: wire.ModelPath) -> Response:
    """Export a model as one file, which `POST /v1/models` takes. Needs the scope `read`."""
    with services().database.read() as session:
        row = models.get(session, path.model_id)
    if row.blob is None:
        raise InvalidState(
            f"{row.id} is only a folder on the machine of its worker; "
            "run 'orrery models export' there"
        )
    response = Response(services().blobs.get(row.blob), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.id}.zip"'
    return response


@api.get(
    "/<model:model_id>/lineage",
    responses=answers(200, wire.ModelLineage, "The models.") | errors(404),
)
@needs("read")
def lineage(path: wire.ModelPath) -> Response:
    """List a model and those that it was made from, the youngest first. Needs the scope `read`."""
    with services().database.read() as session:
        rows = models.lineage(session, path.model_id)
    return respond(wire.ModelLineage(items=[wire.Model.model_validate(row) for row in rows]))
