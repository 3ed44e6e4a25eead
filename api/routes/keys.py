"""API keys, for administrators."""

from datetime import UTC, datetime

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint

from api.answers import nothing, respond
from api.auth import caller, needs
from api.errors import Invalid
from api.openapi import SECURITY, answers, errors, gone, tag
from api.schemas import keys as wire
from api.schemas.fields import PageQuery
from api.services import services
from store import audit, keys
from store.clock import now

api = APIBlueprint(
    "keys", __name__, url_prefix="/v1/keys", abp_tags=[tag("keys")], abp_security=SECURITY
)


@api.get("", responses=answers(200, wire.KeyPage, "A page of keys.") | errors(422))
@needs("admin")
def index(query: PageQuery) -> Response:
    """List keys, newest first, revoked ones too. Needs the scope `admin`."""
    with services().database.read() as session:
        page = keys.page(session, query.limit, query.cursor)
    return respond(wire.KeyPage.model_validate(page))


@api.post(
    "",
    responses=answers(201, wire.NewKey, "The key, with its secret this once.", location=True)
    | errors(413, 415, 422),
)
@needs("admin")
def create(body: wire.KeyBody) -> Response:
    """Make a key. Needs the scope `admin`."""
    expires = _utc(body.expires_at) if body.expires_at else None
    with services().database.begin() as session:
        if expires is not None and expires <= now(session):
            raise Invalid.of("expires_at", "lies in the past")
        row, plaintext = keys.create(session, body.name, body.scopes, expires)
        audit.note(session, caller().key_id, "key.create", row.id, {"scopes": row.scopes})
    shown = wire.Key.model_validate(row).model_dump()
    location = f"{url_for('keys.index')}/{row.id}"
    return respond(wire.NewKey(**shown, key=plaintext), 201, location=location)


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Invalid.of("expires_at", "is too far away") from error


@api.delete("/<id:key_id>", responses=gone("It is revoked.") | errors(404))
@needs("admin")
def revoke(path: wire.KeyPath) -> Response:
    """Revoke a key for good; its jobs stay. Needs the scope `admin`."""
    with services().database.begin() as session:
        keys.revoke(session, path.key_id)
        audit.note(session, caller().key_id, "key.revoke", path.key_id)
    return nothing()
