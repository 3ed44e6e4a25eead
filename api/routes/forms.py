"""What the web page's forms do: sign in and out, send pictures, cancel a job."""

import zipfile

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import sessions
from api.accepting import take_on
from api.archives import Bounds
from api.auth import identify
from api.bodies import takes_files
from api.errors import Unsupported
from api.intake import UNPACKED, Intake, read, unpack
from api.multipart import Part
from api.routes.pages import frame
from api.services import services
from store import audit, jobs
from store.blobs import Batch

blueprint = Blueprint("forms", __name__)
blueprint.context_processor(frame)

#: The status that makes a browser fetch the next page with GET.
SEE_OTHER = 303


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


@blueprint.post("/jobs")
@takes_files
def submit() -> Response:
    """Take pictures, or archives of them, and show the job that they became."""
    g.caller = sessions.need("submit")
    if request.mimetype != "multipart/form-data":
        raise Unsupported("Send pictures with the form of the overview.")
    with services().blobs.batch() as batch:
        taken = _pictures(batch)
        taken.check()
    job = take_on("solve", taken.items, None)
    return redirect(url_for("pages.job", job_id=job.id), SEE_OTHER)


def _pictures(batch: Batch) -> Intake:
    settings = services().settings
    taken = Intake(batch, settings.max_files)
    bounds = Bounds(settings.max_files, UNPACKED * settings.max_body_bytes)

    def take(part: Part) -> None:
        # The token stands before the files, so that nothing is read of a form that is not ours.
        sessions.check_token(taken.fields.get("csrf"))
        if zipfile.is_zipfile(part.body):
            unpack(part.body, taken, bounds)
        else:
            part.body.seek(0)
            taken.add(part.filename or "", part.body)

    read(request, taken, take)
    sessions.check_token(taken.fields.get("csrf"))
    return taken


@blueprint.post("/jobs/<id:job_id>/cancel")
def cancel(job_id: str) -> Response:
    """Stop a job."""
    visitor = sessions.need("submit")
    sessions.check_token(request.form.get("csrf"))
    with services().database.begin() as session:
        jobs.cancel(session, visitor.tenant, job_id)
        audit.note(session, visitor.key_id, "job.cancel", job_id)
    return redirect(url_for("pages.job", job_id=job_id), SEE_OTHER)
