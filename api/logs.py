"""One log line a request: what was asked, by which key's id, how it ended; never a key."""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

_log = structlog.get_logger("api")

#: What a caller may send as its own request id.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

#: Routes whose success is no news.
_QUIET = {"health.healthz", "health.readyz", "health.metrics", "static"}


def begin() -> None:
    """Give the request an id, the caller's own where it sent a sane one."""
    sent = request.headers.get("X-Request-Id", "")
    g.request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid4().hex
    g.started = perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def end(response: Response) -> Response:
    """Log the request and hand its id back."""
    response.headers["X-Request-Id"] = g.get("request_id", "")
    quiet = request.endpoint in _QUIET and response.status_code < 400
    if not quiet:
        caller = g.get("caller")
        _log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round(1000 * (perf_counter() - g.get("started", perf_counter())), 1),
            key=caller.key_id if caller else None,
        )
    return response


def register(app: Flask) -> None:
    """Log every request of an application."""
    app.before_request(begin)
    app.after_request(end)
