"""The OpenAPI document: the words that routes share, and the finishing of what Flask collects."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, TypeAlias, get_args

from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel

from api import links
from api.problems import MEDIA_TYPE
from api.schemas.jobs import SHARES, DatasetJob, Priority
from api.schemas.problems import Problem

Json: TypeAlias = dict[Any, Any]

#: What each status code means here, in one place.
MEANINGS = {
    400: "The request cannot be understood: broken JSON, a broken body or an unknown cursor.",
    401: "There is no valid key; send `Authorization: Bearer KEY`.",
    403: "The key lacks the scope that this needs.",
    404: "It is not there, or belongs to another key.",
    409: "It clashes with what is there: an idempotency key used for another request, or a state "
    "that does not allow it.",
    413: "The body, a picture, the archive or the number of files is too large.",
    414: "The address is longer than 4094 bytes; told before anything reads it.",
    415: "The body is of a type that this does not take, or no file in it is a picture.",
    422: "A field is wrong; `errors` says which and why.",
    429: "The queue, or the rate of the key, is full; wait for `Retry-After` seconds.",
    503: "The database is away, or all streams are taken; wait for `Retry-After` seconds.",
    507: "The service has no room left.",
}

#: Errors that every route with a key can give.
COMMON = (400, 401, 403, 414, 429, 503)

_RETRY = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
}
_LOCATION = {"Location": {"description": "Where it is now.", "schema": {"type": "string"}}}
_REF = "#/components/schemas/"

TAGS = {
    "jobs": "Pictures in, results out: every piece of work is a job.",
    "results": "The solved pictures of a job.",
    "datasets": "Labelled pictures, to evaluate on.",
    "evaluations": "The accuracy log.",
    "models": "The model registry.",
    "keys": "API keys.",
    "health": "For probes and Prometheus.",
}


def info(version: str) -> Info:
    """The document's head."""
    return Info(
        title="Orrery",
        version=version,
        description="Solves solar-system icon puzzles. Send pictures, get a job, read its results.",
    )


def tag(name: str) -> Tag:
    """A chapter of the document."""
    return Tag(name=name, description=TAGS[name])


#: Every route with a key names this; the scope it needs stands in its description.
SECURITY: list[dict[str, list[Any]]] = [{"key": []}]
SECURITY_SCHEMES: Json = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: `orr_….…`."}
}


def errors(*statuses: int, common: bool = True) -> Json:
    """Describe error answers by their status codes."""
    wanted = sorted({*statuses, *(COMMON if common else ())})
    return {str(status): _error(status) for status in wanted}


def _error(status: int) -> Json:
    # The server in front of the application answers this one, in its own words.
    early = {"text/html": {"schema": {"type": "string"}}}
    problem = {MEDIA_TYPE: {"schema": {"$ref": _REF + "Problem"}}}
    described: Json = {
        "description": MEANINGS[status],
        "content": early if status == 414 else problem,
    }
    return described | ({"headers": _RETRY} if status in (429, 503) else {})


def answers(
    status: int, model: type[BaseModel], description: str, *, location: bool = False
) -> Json:
    """Describe a JSON answer; `finish` adds the model to the components."""
    _MODELS[model.__name__] = model
    described: Json = {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": _REF + model.__name__}}},
    }
    return {str(status): described | ({"headers": _LOCATION} if location else {})}


def gone(description: str) -> Json:
    """Describe an answer without a body."""
    return {"204": {"description": description}}


def multipart_or_json() -> Json:
    """Describe a body of pictures, of one archive, or of a dataset's id."""
    _MODELS["DatasetJob"] = DatasetJob
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    form = {
        "images": files | {"description": "Pictures: JPEG, PNG or WebP."},
        "archive": _BINARY | {"description": "One zip archive of pictures, in place of images."},
        "model": {"type": "string", "description": "A model other than the champion."},
        "priority": {"enum": list(get_args(Priority)), "default": "normal", "description": SHARES},
    }
    return _body(form, json=_REF + "DatasetJob")


def archive_body() -> Json:
    """Describe a body of one labelled dataset in an archive."""
    form = {
        "archive": _BINARY | {"description": "A zip archive of labels and images."},
        "name": {"type": "string", "description": "A name for people; else the archive's."},
        "nightly": {"type": "boolean", "description": "Evaluate the champion on it every night."},
    }
    return _body(form)


def json_or_nothing(model: type[BaseModel]) -> Json:
    """Describe a JSON body that may be left out."""
    _MODELS[model.__name__] = model
    content = {"application/json": {"schema": {"$ref": _REF + model.__name__}}}
    return {"requestBody": {"required": False, "content": content}}


def model_body() -> Json:
    """Describe a body of one model in a file."""
    return _body({"archive": _BINARY | {"description": "A file of `orrery models export`."}})


_BINARY: Json = {"type": "string", "format": "binary"}


def _body(form: Json, json: str | None = None) -> Json:
    schema = {"type": "object", "properties": form, "additionalProperties": False}
    content: Json = {
        "multipart/form-data": {"schema": schema},
        "application/zip": {"schema": _BINARY},
    }
    if json is not None:
        content["application/json"] = {"schema": {"$ref": json}}
    return {"requestBody": {"required": True, "content": content}}


#: Models that answers refer to, by name.
_MODELS: dict[str, type[BaseModel]] = {"Problem": Problem}


def document(app: OpenAPI) -> Json:
    """The whole document, valid OpenAPI 3.1."""
    found = deepcopy(app.api_doc)
    schemas = found["components"].setdefault("schemas", {})
    schemas.pop("ValidationErrorModel", None)
    for name, model in _MODELS.items():
        schema = model.model_json_schema(mode="serialization", ref_template=_REF + "{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[name] = schema
    for operation in operations(found):
        _finish(operation)
    links.add(found)
    return found


def _finish(operation: Json) -> None:
    # Flask-OpenAPI3 adds a 422 of its own shape to every route that names none.
    invalid = operation["responses"].get("422", {})
    if MEDIA_TYPE not in invalid.get("content", {}):
        operation["responses"].pop("422", None)
    # The first sentence of the docstring is the summary, the rest the description.
    summary, _, rest = operation.get("summary", "").partition(". ")
    more = operation.get("description", "").replace("<br/>", "\n").strip()
    operation["summary"] = summary.removesuffix(".")
    operation["description"] = "\n".join(part for part in (rest, more) if part)


def operations(found: Mapping[str, Any]) -> Iterator[Json]:
    """Every operation of a document."""
    for path in found["paths"].values():
        yield from path.values()
