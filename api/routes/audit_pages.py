"""The pages of a label audit: what is suspected, one task after the other, and what comes of it."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from api import doubts
from api.errors import Invalid, Missing
from api.routes import audits
from api.routes.forms import blueprint as forms
from api.routes.pages import MANY, blueprint, cursor, visitor
from api.routes.results import send_blob
from api.schemas import audits as wire
from api.schemas.datasets import DatasetPath
from api.schemas.fields import IdempotencyHeader
from api.services import services
from api.small_forms import SEE_OTHER, admit
from store import datasets as sets
from store import reviews, suspicions


@blueprint.get("/datasets/<id:dataset_id>/suspects")
def suspects(dataset_id: str) -> str:
    """All tasks with suspected labels, the likeliest first."""
    with services().database.read() as session:
        row = sets.get(session, visitor().tenant, dataset_id)
        return render_template(
            "suspects.html",
            dataset=row,
            page=suspicions.page(session, row.id, MANY, cursor()),
            counts=suspicions.counts(session, row.id),
            following=suspicions.after(session, row.id),
            corrections=len(reviews.corrections(session, row.id)),
        )


@blueprint.get("/datasets/<id:dataset_id>/suspects/<position:place>")
def suspect(dataset_id: str, place: int) -> str:
    """One task with its suspected labels, to be judged."""
    with services().database.read() as session:
        row = sets.get(session, visitor().tenant, dataset_id)
        task = suspicions.at(session, row.id, place)
        image = task.suspects[0].detail["image"]
        return render_template(
            "suspect.html",
            dataset=row,
            task=task,
            doubt=doubts.doubt(task, doubts.result(session, row, task)),
            picture=sets.picture(session, row.id, image),
            counts=suspicions.counts(session, row.id),
            following=suspicions.after(session, row.id, place),
        )


@blueprint.get("/datasets/<id:dataset_id>/pictures/<sha:picture>")
def dataset_picture(dataset_id: str, picture: str) -> Response:
    """A picture of a dataset as it was sent."""
    with services().database.read() as session:
        row = sets.get(session, visitor().tenant, dataset_id)
        if not sets.has_picture(session, row.id, picture):
            raise Missing("The dataset has no such picture.")
    return send_blob(picture)


@forms.post("/datasets/<id:dataset_id>/suspects/<position:place>")
def judge_suspect(dataset_id: str, place: int) -> AnyResponse:
    """Keep what a person says of a task, and go on with the next that nobody has looked at."""
    admit("submit")
    with services().database.read() as session:
        row = sets.get(session, visitor().tenant, dataset_id)
        task = suspicions.at(session, row.id, place)
    body = wire.ReviewBody.model_validate(_said(task))
    audits.review(wire.ReviewPath(dataset_id=dataset_id, task=task.name), body)
    with services().database.read() as session:
        following = suspicions.after(session, dataset_id, place)
    if following is None:
        return redirect(url_for("pages.suspects", dataset_id=dataset_id), SEE_OTHER)
    address = url_for("pages.suspect", dataset_id=dataset_id, place=following)
    return redirect(address, SEE_OTHER)


def _said(task: suspicions.Task) -> dict[str, Any]:
    verdict = request.form.get("verdict", "")
    if verdict not in ("right", "wrong", "unsure"):
        raise Invalid.of("verdict", "must be right, wrong or unsure")
    if verdict != "wrong":
        return {"verdict": verdict}
    ticked = request.form.getlist("place", type=int)
    proposed = (it.detail["correction"] for it in task.suspects if it.place in ticked)
    correction = suspicions.joined(proposed)
    chosen = {
        name: int(request.form[name])
        for name in doubts.NAMED
        if name in correction and request.form.get(name, "").isdecimal()
    }
    return {"verdict": verdict, "correction": (correction | chosen) or None}


@forms.post("/datasets/<id:dataset_id>/corrections")
def correct(dataset_id: str) -> AnyResponse:
    """Make a corrected version out of the reviews."""
    admit("submit")
    body = wire.CorrectionsBody(
        why=request.form.get("why") or "label audit", name=request.form.get("name") or None
    )
    made = audits.correct(DatasetPath(dataset_id=dataset_id), IdempotencyHeader(), body)
    return redirect(url_for("pages.dataset", dataset_id=made.get_json()["id"]), SEE_OTHER)
