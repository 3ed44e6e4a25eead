"""The model registry, which all keys share."""

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint

from api import bodies
from api.answers import respond
from api.auth import caller, needs
from api.errors import Conflict
from api.openapi import SECURITY, answers, errors, json_or_nothing, tag
from api.schemas import models as wire
from api.services import services
from store import audit, gates, models
from store.tables import Model

api = APIBlueprint(
    "models", __name__, url_prefix="/v1/models", abp_tags=[tag("models")], abp_security=SECURITY
)

_MODEL = answers(200, wire.Model, "The model.")


@api.get("", responses=answers(200, wire.ModelPage, "A page of models.") | errors(422))
@needs("read")
def index(query: wire.ModelsQuery) -> Response:
    """List models by their ids. Needs the scope `read`."""
    with services().database.read() as session:
        page = models.page(session, query.limit, query.cursor, state=query.state)
    return respond(wire.ModelPage.model_validate(page))


@api.get("/<model:model_id>", responses=_MODEL | errors(404))
@needs("read")
def show(path: wire.ModelPath) -> Response:
    """Read a model's card. Needs the scope `read`."""
    with services().database.read() as session:
        row = models.get(session, path.model_id)
    return respond(wire.Model.model_validate(row))


@api.post(
    "/<model:model_id>/promote",
    responses=_MODEL | errors(404, 409, 422),
    openapi_extensions=json_or_nothing(wire.Promotion),
)
@needs("admin")
def promote(path: wire.ModelPath) -> Response:
    """Make a model the champion, which solves for everyone.

    The champion before it is archived; promote that one again to go back. A model that the gate
    refused answers 409 with the gate's reasons, unless `force` is true. Needs the scope `admin`.
    """
    body = bodies.read(wire.Promotion, request.get_json() if request.is_json else {})
    row = make_champion(path.model_id, force=body.force)
    return respond(wire.Model.model_validate(row))


def make_champion(model_id: str, *, force: bool) -> Model:
    """Promote a model for the caller; raises Conflict where the gate refused it, unless forced."""
    with services().database.begin() as session:
        refusals = gates.refusals(models.get(session, model_id))
        if refusals and not force:
            raise Conflict(f"The gate refused it: {'; '.join(refusals)}. Send force to promote it.")
        row = models.promote(session, model_id)
        detail = {"gate": gates.word(row), "forced": bool(refusals)}
        audit.note(session, caller().key_id, "model.promote", row.id, detail)
    return row


@api.post("/rollback", responses=_MODEL | errors(409))
@needs("admin")
def rollback() -> Response:
    """Bring back the champion before this one. Needs the scope `admin`."""
    with services().database.begin() as session:
        row = models.rollback(session)
        audit.note(session, caller().key_id, "model.rollback", row.id)
    return respond(wire.Model.model_validate(row))
