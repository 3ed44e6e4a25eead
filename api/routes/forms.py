"""What the web page's forms do: sign in and out, send pictures, cancel a job."""

import zipfile
from collections.abc import Sequence
from dataclasses import asdict

from flask import Blueprint, g, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import drafts, intake, navigation, sessions
from api.accepting import take_on
from api.archives import Bounds, members
from api.auth import Caller, identify
from api.bodies import takes_files
from api.errors import Invalid, Unsupported
from api.intake import UNPACKED, Intake, read
from api.multipart import Part
from api.services import services
from api.small_forms import SEE_OTHER, admit
from store import audit, jobs, selection
from store.accept import NewItem
from store.blobs import Batch
from store.states import JobKind
from store.tables import Job

blueprint = Blueprint("forms", __name__)
blueprint.context_processor(navigation.frame)


@blueprint.post("/sign-in")
def sign_in() -> Response | tuple[str, int]:
    """Trade an API key for a cookie."""
    sessions.check_token(request.form.get("csrf"))
    caller = identify(request.form.get("key", "").strip())
    if caller is None:
        problem = "This key is unknown, expired or revoked. Check that you copied all of it."
        return render_template("sign_in.html", problem=problem), 401
    sessions.sign_in(caller)
    return redirect(url_for("pages.overview"), SEE_OTHER)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Forget the visitor."""
    sessions.check_token(request.form.get("csrf"))
    sessions.sign_out()
    return redirect(url_for("pages.overview"), SEE_OTHER)


@blueprint.post("/submit")
@takes_files
def send() -> Response:
    """Take files and tell what was refused; all that are pictures become a job, where none was.

    A script that sends a folder piece by piece is answered with a token and the refusals.
    """
    visitor = g.caller = sessions.need("submit")
    if request.mimetype != "multipart/form-data":
        raise Unsupported("Send pictures with the form of this page.")
    with services().blobs.batch() as batch:
        draft, fields = _draft(batch)
        blob = draft.list()
    token = drafts.sign(visitor.key_id, blob) if blob else None
    if request.accept_mimetypes.best == "application/json":
        refused = [asdict(it) for it in draft.refused]
        return jsonify(token=token, taken=len(draft.items), refused=refused)
    if token is not None and not draft.refused:
        return _begin(visitor, [token], fields.get("once", ""))
    once, settings = fields.get("once", ""), services().settings
    page = render_template("submit.html", draft=draft, token=token, once=once, settings=settings)
    return make_response(page)


@blueprint.post("/jobs")
def submit() -> Response:
    """Make a job of what was sent before."""
    visitor = admit("submit")
    return _begin(visitor, request.form.get("tokens", "").split(), request.form.get("once", ""))


def _begin(visitor: Caller, tokens: Sequence[str], once: str) -> Response:
    """Start a job over the pictures of some tokens; the same form sent twice starts one."""
    items = drafts.collect(services().blobs, visitor.key_id, tokens, services().settings.max_files)
    return _to(take_on("solve", items, _pair(once, items)))


def _pair(once: str, items: Sequence[NewItem]) -> tuple[str, str]:
    """What makes the same form with the same pictures the same job."""
    digest = intake.digest(once, [(item.name, item.blob) for item in items])
    return f"page-{digest}", digest


def _draft(batch: Batch) -> tuple[drafts.Draft, dict[str, str]]:
    settings = services().settings
    draft = drafts.Draft(batch, settings.max_files)
    fields = Intake(batch, settings.max_files)
    bounds = Bounds(settings.max_files, UNPACKED * settings.max_body_bytes)

    def take(part: Part) -> None:
        # The token stands before the files, so that nothing is read of a form that is not ours.
        sessions.check_token(fields.fields.get("csrf"))
        name = part.filename or ""
        if not zipfile.is_zipfile(part.body):
            part.body.seek(0)
            draft.add(name, part.body)
            return
        try:
            for member in members(part.body, bounds):
                draft.add(member.name, member.body)
        except Invalid as error:
            draft.refuse(name, str(error))

    read(request, fields, take)
    sessions.check_token(fields.fields.get("csrf"))
    return draft, fields.fields


@blueprint.post("/jobs/<id:job_id>/retry")
def retry(job_id: str) -> Response:
    """Make a new job of a job's pictures that failed."""
    visitor = admit("submit")
    with services().database.read() as session:
        job = jobs.get(session, visitor.tenant, job_id)
        items = [NewItem(it.name, it.blob) for it in selection.failed(session, job_id)]
    if not items or job.kind != JobKind.SOLVE:
        return redirect(url_for("pages.job", job_id=job_id), SEE_OTHER)
    once = f"retry {job_id}"
    return _to(take_on("solve", items, _pair(once, items), model=job.model))


def _to(job: Job) -> Response:
    return redirect(url_for("pages.job", job_id=job.id), SEE_OTHER)


@blueprint.post("/jobs/<id:job_id>/cancel")
def cancel(job_id: str) -> Response:
    """Stop a job."""
    visitor = admit("submit")
    with services().database.begin() as session:
        jobs.cancel(session, visitor.tenant, job_id)
        audit.note(session, visitor.key_id, "job.cancel", job_id)
    return redirect(url_for("pages.job", job_id=job_id), SEE_OTHER)
