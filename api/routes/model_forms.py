"""What the forms of the model registry do: promote, roll back, run the gate, import."""

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from api import bodies, sessions
from api.bodies import takes_files
from api.errors import Invalid
from api.intake import Intake, read
from api.multipart import Part
from api.routes import gate, model_files, models
from api.routes.forms import blueprint
from api.schemas.fields import IdempotencyHeader
from api.schemas.models import GateJob, ModelPath
from api.services import services
from api.small_forms import SEE_OTHER, admit, started


@blueprint.post("/models/<model:model_id>/promote")
def promote(model_id: str) -> Response:
    """Make a model the champion, against the gate's word only where that was ticked."""
    admit("admin")
    row = models.make_champion(model_id, force="force" in request.form)
    return redirect(url_for("pages.model", model_id=row.id), SEE_OTHER)


@blueprint.post("/models/rollback")
def rollback() -> Response:
    """Bring back the champion before this one."""
    admit("admin")
    models.rollback()
    return redirect(url_for("pages.models"), SEE_OTHER)


@blueprint.post("/models/<model:model_id>/gate")
def judge(model_id: str) -> Response:
    """Hold a candidate against the champion."""
    admit("submit")
    asked = {name: request.form.get(name, "") for name in ("dataset", "split")}
    body = bodies.read(GateJob, asked)
    return started(gate.judge(ModelPath(model_id=model_id), IdempotencyHeader(), body))


@blueprint.post("/models")
@takes_files
def import_model() -> Response:
    """Take a model from a file."""
    g.caller = sessions.need("admin")
    kept: list[str] = []

    def take(part: Part) -> None:
        sessions.check_token(form.fields.get("csrf"))
        if kept:
            raise Invalid.of("archive", "send one file")
        kept.append(model_files.keep(part.body)[0].id)

    with services().blobs.batch() as batch:
        form = Intake(batch, 1)
        read(request, form, take)
        sessions.check_token(form.fields.get("csrf"))
    if not kept:
        raise Invalid.of("archive", "choose the file of a model")
    return redirect(url_for("pages.model", model_id=kept[0]), SEE_OTHER)
