"""What a request's body may be: how large, of what type, and JSON that can be read."""

from inspect import signature
from typing import TypeVar

from flask import current_app, request
from pydantic import BaseModel, ValidationError

from api.auth import View
from api.errors import Malformed, TooLarge, Unsupported
from api.problems import refusal

Body = TypeVar("Body", bound=BaseModel)

#: Bytes of a body that brings no files.
SMALL = 1024 * 1024


def takes_files(view: View) -> View:
    """Mark a view whose body may be as large as the settings allow; stands below the route."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def limit() -> None:
    """Bound the body, however it is sent, before anything reads it."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.is_json or not getattr(view, "takes_files", False):
        request.max_content_length = SMALL


def parse() -> None:
    """Read a JSON body before its route validates it, so that each fault has its own status."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.is_json:
        _parse()
    elif view is not None and "body" in signature(view).parameters and _has_body():
        raise Unsupported("This takes JSON; send it with 'Content-Type: application/json'.")


def read(model: type[Body], data: object) -> Body:
    """Validate what a route has parsed by itself; raises Invalid, naming what is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise refusal(error) from error


def _parse() -> None:
    # A body without a length is cut off at the limit, which nothing else would notice.
    if len(request.get_data()) >= SMALL:
        raise TooLarge(f"The JSON body is larger than the {SMALL} bytes that this takes.")
    try:
        request.get_json()
    except RecursionError as error:
        raise Malformed("The JSON body is nested too deeply.") from error


def _has_body() -> bool:
    return bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "")
