"""The page of API keys, for administrators, and its forms."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api import bodies, sessions
from api.auth import SCOPES
from api.errors import Invalid
from api.routes import keys as api
from api.routes.forms import blueprint as forms
from api.routes.pages import MANY, blueprint, cursor
from api.schemas import keys as wire
from api.services import services
from api.small_forms import SEE_OTHER, admit
from store import keys as store
from store.clock import now
from store.tables import ApiKey


@blueprint.get("/keys", endpoint="keys")
def index() -> str:
    """All keys, newest first."""
    return _page()


def _page(made: dict[str, Any] | None = None, wrong: dict[str, str] | None = None) -> str:
    """The list; a key that was just `made`, or what is `wrong` with each field of one."""
    own = sessions.need("admin").key_id
    with services().database.read() as session:
        page = store.page(session, MANY, cursor())
        moment = now(session)
    states = {key.id: _state(key, moment) for key in page.items}
    return render_template(
        "keys.html", page=page, states=states, scopes=SCOPES, own=own, made=made, wrong=wrong
    )


def _state(key: ApiKey, moment: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= moment else "active"


@forms.post("/keys")
def create_key() -> str | tuple[str, int]:
    """Make a key; its secret is on this page once, and nowhere else."""
    admit("admin")
    said = {"name": request.form.get("name", "").strip(), "scopes": request.form.getlist("scopes")}
    day = request.form.get("expires", "")
    expires = {"expires_at": f"{day}T23:59:59Z"} if day else {}
    try:
        made = api.create(bodies.read(wire.KeyBody, said | expires)).get_json()
    except Invalid as error:
        wrong = {it.field.split(".")[0]: it.message for it in error.fields}
        return _page(wrong=wrong), error.status
    return _page(made=made)


@blueprint.get("/keys/<id:key_id>/revoke")
def revocation(key_id: str) -> str:
    """Asks whether a key shall be revoked."""
    own = sessions.need("admin").key_id
    with services().database.read() as session:
        row = store.get(session, key_id)
    return render_template("key_revoke.html", key=row, own=own)


@forms.post("/keys/<id:key_id>/revoke")
def revoke_key(key_id: str) -> Response:
    """Revoke a key for good."""
    admit("admin")
    api.revoke(wire.KeyPath(key_id=key_id))
    return redirect(url_for("pages.keys"), SEE_OTHER)
