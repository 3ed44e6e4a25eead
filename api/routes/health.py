"""For probes and Prometheus; none of it needs a key."""

from typing import Literal

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from prometheus_client import CONTENT_TYPE_LATEST

from api import readiness
from api.answers import respond
from api.openapi import Json, answers, errors, tag
from api.problems import RETRY_AFTER, problem
from api.schemas import health as wire
from api.services import services

api = APIBlueprint("health", __name__, abp_tags=[tag("health")])


@api.get("/healthz", responses=answers(200, wire.Health, "The process answers."))
def healthz() -> Response:
    """Tell that the process is alive, whatever else is away."""
    return respond(wire.Health(status="ok"))


@api.get(
    "/readyz",
    responses=answers(200, wire.Readiness, "Jobs can be accepted.") | errors(503, common=False),
)
def readyz() -> Response:
    """Tell whether jobs can be accepted, and what is missing. Database and picture store are
    needed: 503 without them. Broker and workers are only told: what is accepted waits for them.
    """
    found = readiness.look(services())
    missing = {it.name: it.why for it in found.parts if it.why is not None}
    if found.is_ready:
        status: Literal["ready", "degraded"] = "degraded" if missing else "ready"
        return respond(wire.Readiness(status=status, missing=missing))
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
    body = services().metrics.write(services())
    return Response(body, content_type=CONTENT_TYPE_LATEST)
