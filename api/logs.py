"""One log line a request: what was asked, by which key's id, how it ended; never a key."""

import logging
import re
import sys
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

_log = structlog.get_logger("api")

#: What a caller may send as its own request id.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

#: Routes whose success is no news.
_QUIET = {"health.healthz", "health.readyz", "health.metrics", "static"}


def configure(as_json: bool, level: str) -> None:
    """Write structured lines to standard error, as JSON or for a person's eyes."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(_json() if as_json else _console()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        ),
        logger_factory=_to_stderr,
    )


def _to_stderr(*_: object) -> structlog.WriteLogger:
    # Looked up anew each time: whoever runs us may have put another one in its place.
    return structlog.WriteLogger(sys.stderr)


def _json() -> list[structlog.typing.Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _console() -> list[structlog.typing.Processor]:
    # Tracebacks come without local variables: those may hold a key.
    plain = structlog.dev.plain_traceback
    colours = sys.stderr.isatty()
    return [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain)]


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
