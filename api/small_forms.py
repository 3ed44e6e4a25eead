"""What the page's small forms have in common: who may send them, and where they lead."""

from flask import Response as Answer
from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from api import sessions
from api.auth import Caller

#: The status that makes a browser fetch the next page with GET.
SEE_OTHER = 303


def admit(scope: str) -> Caller:
    """Let a form pass: its visitor may do this, and it came from a page of ours."""
    visitor = g.caller = sessions.need(scope)
    sessions.check_token(request.form.get("csrf"))
    return visitor


def started(answer: Answer) -> Response:
    """Show the job that a view of the API answered with."""
    return redirect(url_for("pages.job", job_id=answer.get_json()["id"]), SEE_OTHER)
