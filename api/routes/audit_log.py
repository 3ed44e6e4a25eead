"""The audit log, for administrators."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from api.answers import respond
from api.auth import needs
from api.openapi import SECURITY, answers, errors, tag
from api.schemas.audit_log import AuditPage
from api.schemas.fields import PageQuery
from api.services import services
from store import audit

api = APIBlueprint(
    "audit_log", __name__, url_prefix="/v1/audit", abp_tags=[tag("keys")], abp_security=SECURITY
)


@api.get("", responses=answers(200, AuditPage, "A page of entries.") | errors(422))
@needs("admin")
def index(query: PageQuery) -> Response:
    """List who did what, newest first; nothing in it ever changes. Needs the scope `admin`."""
    with services().database.read() as session:
        page = audit.page(session, query.limit, query.cursor)
    return respond(AuditPage.model_validate(page))
