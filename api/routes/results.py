"""The solved pictures of a job."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from flask import Response
from flask_openapi3.blueprint import APIBlueprint

from api import formats
from api.answers import respond
from api.assets import FOR_EVER
from api.auth import caller, needs
from api.errors import Invalid
from api.openapi import SECURITY, Json, answers, errors, tag
from api.pictures import media_type
from api.schemas import results as wire
from api.schemas.jobs import JobPath
from api.services import services
from store import jobs, results
from store.errors import BlobMissing
from store.results import Only
from store.session import Database
from store.tables import Result

api = APIBlueprint(
    "results", __name__, url_prefix="/v1/jobs", abp_tags=[tag("results")], abp_security=SECURITY
)

#: Rows read at a time while a stream is written; each batch is a transaction of its own, so that
#: a client that reads slowly holds no connection.
BATCH = 500

_WRITERS: dict[str, tuple[str, Callable[[Iterable[Result]], Iterator[str]]]] = {
    "jsonl": ("application/jsonl", formats.jsonl),
    "csv": ("text/csv; charset=utf-8", formats.table),
}

_PAGE = answers(200, wire.SolvedPage, "A page of results, or all of them as a stream.")
_PAGE["200"]["content"] |= {
    "application/jsonl": {"schema": {"type": "string"}},
    "text/csv": {"schema": {"type": "string"}},
}
_PICTURE: Json = {
    "200": {
        "description": "The picture as it was sent.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "image/webp", "application/octet-stream")
        },
    }
}


@api.get("/<id:job_id>/results", responses=_PAGE | errors(404, 422))
@needs("read")
def index(path: JobPath, query: wire.ResultsQuery) -> Response:
    """List the solved pictures in the order of the inputs.

    While the job runs these are the ones done so far. `format=jsonl` and `format=csv` stream all;
    in CSV a text that a spreadsheet would take for a formula starts with a single quote. Needs the
    scope `read`.
    """
    only = _only(query.failed)
    if query.format != "json":
        return _stream(path.job_id, query, only)
    with services().database.read() as session:
        jobs.get(session, caller().tenant, path.job_id)
        page = results.page(session, path.job_id, query.limit, query.cursor, only=only)
    items = [formats.solved(row) for row in page.items]
    return respond(wire.SolvedPage(items=items, next=page.next))


def _only(failed: bool | None) -> Only | None:
    return None if failed is None else "failed" if failed else "solved"


def _stream(job_id: str, query: wire.ResultsQuery, only: Only | None) -> Response:
    if query.cursor is not None:
        raise Invalid.of("cursor", "a stream holds all results; leave the cursor out")
    return stream(caller().tenant, job_id, query.format, only)


def stream(tenant: str | None, job_id: str, kind: str, only: Only | None = None) -> Response:
    """All results of a job as a file, `jsonl` or `csv`, written as it is read."""
    database = services().database
    with database.read() as session:
        jobs.get(session, tenant, job_id)
    content_type, write = _WRITERS[kind]
    response = Response(write(_rows(database, job_id, only)), content_type=content_type)
    name = f"{job_id}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(database: Database, job_id: str, only: Only | None) -> Iterator[Result]:
    cursor: str | None = None
    while True:
        with database.read() as session:
            page = results.page(session, job_id, BATCH, cursor, only=only)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return


@api.get(
    "/<id:job_id>/results/<position:position>",
    responses=answers(200, wire.SolvedDetail, "The solved picture.") | errors(404),
)
@needs("read")
def show(path: wire.ResultPath) -> Response:
    """Read one solved picture with what each stage of the solver saw. Needs the scope `read`."""
    with services().database.read() as session:
        jobs.get(session, caller().tenant, path.job_id)
        row = results.one(session, path.job_id, path.position)
    return respond(formats.detail(row))


@api.get("/<id:job_id>/results/<position:position>/picture", responses=_PICTURE | errors(404))
@needs("read")
def picture(path: wire.ResultPath) -> Response:
    """Read the picture itself, also before it is solved. Needs the scope `read`."""
    return send_picture(caller().tenant, path.job_id, path.position)


def send_picture(tenant: str | None, job_id: str, position: int) -> Response:
    """A picture of a job as it was sent."""
    with services().database.read() as session:
        item = jobs.item(session, tenant, job_id, position)
    return send_blob(item.blob)


def send_small(picture: str) -> Response:
    """Some small copy of a picture by its SHA-256, or the picture where no worker made one."""
    with services().database.read() as session:
        copy = results.thumbnail(session, picture)
    # Cleaners of earlier versions, which may still run, know nothing of copies.
    with suppress(BlobMissing):
        return send_blob(copy or picture)
    return send_blob(picture)


def send_blob(picture: str) -> Response:
    """A picture as it was sent, by its SHA-256; whatever is no picture only as a download.

    It never becomes another, whichever address it was asked under.
    """
    data = services().blobs.get(picture)
    response = Response(data, content_type=media_type(data[:16]))
    response.headers["Cache-Control"] = f"private, max-age={FOR_EVER}, immutable"
    if response.mimetype == "application/octet-stream":
        response.headers["Content-Disposition"] = "attachment"
    return response
