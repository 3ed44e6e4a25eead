"""The HTTP API and the web page: takes work on and hands results out; computes nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_openapi3.openapi import OpenAPI

    from store.settings import Settings


def create_app(settings: Settings) -> OpenAPI:
    """The application over the store that the settings name; connects to nothing yet."""
    # Gunicorn's main process reads its configuration from this package; what the application
    # imports must wait until its children know where they count their requests.
    from api.app import assemble

    return assemble(settings)
