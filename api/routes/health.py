"""For probes and Prometheus; none of it needs a key."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from prometheus_client import CONTENT_TYPE_LATEST

from api import readiness, schemas
from api.answers import respond
from api.openapi import Json, answers, errors, tag
from api.problems import RETRY_AFTER, problem
from api.services import services

api = APIBlueprint("health", __name__, abp_tags=[tag("health")])


@api.get("/healthz", responses=answers(200, schemas.Health, "The process answers."))
def healthz() -> Response:
    """Tell that the process is alive, whatever else is away."""
    return respond(schemas.Health(status="ok"))


@api.get(
    "/readyz",
    responses=answers(200, schemas.Health, "Everything answers.") | errors(503, common=False),
)
def readyz() -> Response:
    """Tell whether everything that the service needs answers; 503 lists what is missing."""
    missing = readiness.missing(services())
    if not missing:
        return respond(schemas.Health(status="ready"))
    detail = "; ".join(f"{name}: {why}" for name, why in missing.items())
    response = problem(503, "not-ready", detail, missing=tuple(missing))
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


_TEXT: Json = {
    "200": {"description": "Metrics.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}


@api.get("/metrics", responses=_TEXT)
def metrics() -> Response:
    """Write metrics in Prometheus' text format; what comes from the database is left out while
    the database is away.
    """
    body = services().metrics.write(services().database)
    return Response(body, content_type=CONTENT_TYPE_LATEST)
