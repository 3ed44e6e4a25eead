"""What the forms of datasets do: upload, evaluate, retrain, audit, watch by night, delete."""

from collections.abc import Mapping

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from api import bodies, labels, sessions
from api.bodies import takes_files
from api.errors import Unsupported
from api.routes import audits, jobs
from api.routes import datasets as api
from api.routes.forms import blueprint
from api.schemas import datasets as wire
from api.schemas.audits import AuditQuery
from api.schemas.fields import IdempotencyHeader
from api.schemas.jobs import DatasetJob, RetrainJob
from api.services import services
from api.small_forms import SEE_OTHER, admit, started


@blueprint.post("/datasets")
@takes_files
def upload() -> Response:
    """Take a labelled dataset from a zip archive."""
    g.caller = sessions.need("submit")
    if request.mimetype != "multipart/form-data":
        raise Unsupported("Send the archive with the form of this page.")

    def ours(fields: Mapping[str, str]) -> None:
        sessions.check_token(fields.get("csrf"))

    taken = labels.receive(request, services(), ours)
    taken.fields.pop("csrf", None)
    row = api.add_upload(taken, {name: it for name, it in taken.fields.items() if it})
    return redirect(url_for("pages.dataset", dataset_id=row.id), SEE_OTHER)


@blueprint.post("/datasets/<id:dataset_id>/evaluate")
def evaluate(dataset_id: str) -> Response:
    """Measure a model on it."""
    admit("submit")
    body = DatasetJob(dataset=dataset_id, model=request.form.get("model") or None)
    return started(jobs.evaluate(IdempotencyHeader(), body))


@blueprint.post("/datasets/<id:dataset_id>/retrain")
def retrain(dataset_id: str) -> Response:
    """Train a model on it."""
    admit("train")
    names = ("kind", "epochs", "seed", "name", "parent")
    said = {name: request.form[name] for name in names if request.form.get(name)}
    promote = {"promote": True} if "promote" in request.form else {}
    body = bodies.read(RetrainJob, {"dataset": dataset_id} | said | promote)
    return started(jobs.retrain(IdempotencyHeader(), body))


@blueprint.post("/datasets/<id:dataset_id>/audit")
def begin_audit(dataset_id: str) -> Response:
    """Have its labels audited."""
    admit("submit")
    query = AuditQuery(model=request.form.get("model") or None)
    path = wire.DatasetPath(dataset_id=dataset_id)
    return started(audits.start(path, IdempotencyHeader(), query))


@blueprint.post("/datasets/<id:dataset_id>/nightly")
def set_nightly(dataset_id: str) -> Response:
    """Have the champion evaluated on it every night, or not."""
    admit("submit")
    body = wire.DatasetBody(nightly=request.form.get("nightly") == "on")
    api.change(wire.DatasetPath(dataset_id=dataset_id), body)
    return redirect(url_for("pages.dataset", dataset_id=dataset_id), SEE_OTHER)


@blueprint.post("/datasets/<id:dataset_id>/delete")
def delete_dataset(dataset_id: str) -> Response:
    """Remove it."""
    admit("submit")
    api.delete(wire.DatasetPath(dataset_id=dataset_id))
    return redirect(url_for("pages.datasets"), SEE_OTHER)
