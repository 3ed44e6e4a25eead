"""JSON answers."""

from flask import Response
from pydantic import BaseModel


def respond(body: BaseModel, status: int = 200, *, location: str | None = None) -> Response:
    """Answer with a model as JSON."""
    response = Response(body.model_dump_json(), status, content_type="application/json")
    if location is not None:
        response.headers["Location"] = location
    return response


def nothing() -> Response:
    """Answer that it is done and there is nothing to say."""
    response = Response(status=204)
    response.headers.pop("Content-Type", None)
    return response
