"""The OpenAPI document, and Swagger UI over it from files of this machine."""

from importlib.resources import files
from typing import cast

from flask import Blueprint, Response, current_app, json, render_template, send_from_directory
from flask_openapi3.openapi import OpenAPI

from api.openapi import document

blueprint = Blueprint("docs", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The document."""
    kept = current_app.extensions
    if "openapi" not in kept:
        kept["openapi"] = json.dumps(document(cast(OpenAPI, current_app)))
    return Response(kept["openapi"], content_type="application/json")


@blueprint.get("/docs")
def page() -> str:
    """Swagger UI."""
    return render_template("docs.html")


@blueprint.get("/docs/assets/<path:name>")
def assets(name: str) -> Response:
    """The files of Swagger UI, out of the package that brings them."""
    folder = files("flask_openapi3_swagger") / "templates" / "swagger"
    response = send_from_directory(str(folder), name, max_age=86400)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
