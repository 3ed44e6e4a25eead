"""Every error as `application/problem+json` (RFC 9457); no other file writes an error answer."""

import errno
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, json, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api import errors, navigation
from api.errors import ApiError, FieldError
from store import errors as store_errors

#: Media type of every error.
MEDIA_TYPE = "application/problem+json"

#: Seconds a client should wait when the database or the broker is away.
RETRY_AFTER = 5

_log = structlog.get_logger("api")


def register(app: Flask) -> None:
    """Answer every exception of a request with a problem."""
    app.register_error_handler(ApiError, answer)
    app.register_error_handler(store_errors.StoreError, _store)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(Exception, _fault)


def answer(error: ApiError) -> Response:
    """The problem that an error of ours stands for; a visitor without a key is shown the way in."""
    if error.status == HTTPStatus.UNAUTHORIZED and request.blueprint in _PAGES:
        return Response(
            status=HTTPStatus.SEE_OTHER, headers={"Location": url_for("pages.overview")}
        )
    response = problem(error.status, error.code, error.detail, error.fields)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="orrery"'
    return response


#: Blueprints whose errors a person reads.
_PAGES = ("pages", "forms")


def _for_a_person() -> bool:
    if request.blueprint in _PAGES:
        return True
    best = request.accept_mimetypes.best_match([MEDIA_TYPE, "application/json", "text/html"])
    unmatched = request.endpoint is None and not request.path.startswith("/v1")
    return unmatched and best == "text/html"


def _page(status: int, detail: str) -> Response:
    # Asking for the visitor again may be what failed.
    g.setdefault("visitor", None)
    body = render_template(
        "error.html",
        status=status,
        title=HTTPStatus(status).phrase,
        detail=detail,
        request_id=g.get("request_id"),
        **navigation.frame(),
    )
    return Response(body, status)


def problem(
    status: int,
    code: str,
    detail: str,
    fields: tuple[FieldError, ...] = (),
    missing: tuple[str, ...] = (),
) -> Response:
    """A problem as a document, or as a page where a person asked."""
    if _for_a_person():
        return _page(status, detail)
    body: dict[str, object] = {
        "type": f"urn:orrery:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": g.get("request_id"),
    }
    if fields:
        body["errors"] = [{"field": f.field, "message": f.message} for f in fields]
    if missing:
        body["missing"] = list(missing)
    return Response(json.dumps(body), status, content_type=MEDIA_TYPE)


def invalid(error: ValidationError) -> Response:
    """The answer to a body, query or header that pydantic refused."""
    return answer(refusal(error))


def refusal(error: ValidationError) -> errors.Invalid:
    """What pydantic refused, in the words of a problem."""
    fields = tuple(
        FieldError(".".join(map(str, e["loc"])) or "body", _message(e["type"], e["msg"]))
        for e in error.errors(include_url=False, include_input=False, include_context=False)
    )
    detail = "; ".join(f"{f.field}: {f.message}" for f in fields[:5])
    return errors.Invalid(detail, fields=fields)


def _message(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "unknown field; remove it or check its spelling"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "must be a JSON object"
    if kind == "missing":
        return "this field is required"
    return message


def _store(error: store_errors.StoreError) -> Response:
    return answer(translate(error))


def translate(error: store_errors.StoreError) -> ApiError:
    """The API's word for an error of the store."""
    match error:
        case store_errors.NotFound():
            return errors.Missing(str(error))
        case store_errors.InvalidCursor():
            return errors.Malformed(str(error), code="invalid-cursor")
        case store_errors.IdempotencyClash():
            return errors.Conflict(str(error), code="idempotency-clash")
        case store_errors.InvalidState():
            return errors.Conflict(str(error))
        case store_errors.QueueFull():
            return errors.TooMany(str(error), code="queue-full", retry_after=error.retry_after)
        case store_errors.DatabaseAway():
            return _away("database", error)
        case store_errors.BlobStoreAway():
            return _away("picture store", error)
        case store_errors.DiskFull():
            return errors.StorageFull(
                "The service has no room left for pictures; its operator must free some."
            )
        case store_errors.BlobMissing():
            return errors.Missing("The picture is no longer kept.")
    _log.error("store error", exc_info=error)
    return errors.ApiError(_FAULT)


def _away(what: str, error: store_errors.StoreError) -> ApiError:
    _log.warning("away", what=what, error=str(error))
    return errors.Away(f"The {what} does not answer; try again.", retry_after=RETRY_AFTER)


_FAULT = "The service failed to answer; the fault is ours and is logged under the request id."


def _http(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    response = problem(status, _code(status), _detail(error))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _code(status: int) -> str:
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return errors.TooLarge.code
    return HTTPStatus(status).phrase.lower().replace(" ", "-")


def _detail(error: HTTPException) -> str:
    if error.code == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address; /openapi.json lists what there is."
    if error.code == HTTPStatus.BAD_REQUEST and request.is_json:
        return "The body is not valid JSON."
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        limit = request.max_content_length
        return f"The request is larger than the {limit} bytes that this route takes."
    return error.description or HTTPStatus(error.code or 500).phrase


def _system(error: OSError) -> Response:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _store(store_errors.DiskFull())
    return _fault(error)


def _fault(error: Exception) -> Response:
    _log.error("request failed", exc_info=error)
    return answer(errors.ApiError(_FAULT))
