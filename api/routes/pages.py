"""The web page: the overview, and where pictures are sent."""

import secrets

from flask import Blueprint, render_template, request

from api import navigation, sessions, wording
from api.auth import Caller
from api.overview import look
from api.schemas.fields import utc
from api.services import services

blueprint = Blueprint("pages", __name__)
blueprint.context_processor(navigation.frame)
blueprint.add_app_template_filter(utc, "utc")
blueprint.add_app_template_filter(wording.duration, "duration")
blueprint.add_app_template_filter(wording.number, "number")
blueprint.add_app_template_filter(wording.rate, "rate")
blueprint.add_app_template_filter(wording.clock, "clock")

#: Rows of a list's page.
MANY = 50


def visitor() -> Caller:
    """Who looks at the page; raises Unauthenticated where nobody has signed in."""
    return sessions.need("read")


def cursor() -> str | None:
    """Where in a list the page begins."""
    return request.args.get("cursor")


@blueprint.get("/")
def overview() -> str:
    """The state of things, or the way in."""
    if sessions.visitor() is None:
        return render_template("sign_in.html")
    return render_template("overview.html", seen=look(services(), visitor().tenant))


@blueprint.get("/submit")
def submit() -> str:
    """Where pictures are sent."""
    sessions.need("submit")
    once, settings = secrets.token_urlsafe(16), services().settings
    return render_template("submit.html", once=once, draft=None, settings=settings)
