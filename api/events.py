"""A job's progress as server-sent events."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep

from flask import Response

from api.errors import ApiError
from api.schemas.jobs import Job
from api.streams import Streams
from store.errors import StoreError

#: Seconds between looks at the job.
LOOK = 0.5

#: Seconds of silence after which a comment keeps the connection open.
HEARTBEAT = 15.0

#: Seconds after which a stream ends; a browser comes back by itself.
LIFETIME = 600.0

#: Milliseconds until a browser comes back.
RETRY = 2000

ENDED = ("succeeded", "failed", "cancelled")


def respond(streams: Streams, job: Callable[[], Job]) -> Response:
    """Stream a job until it ends; raises Away where all places are taken."""
    first = job()
    streams.enter()
    return _stream(streams, events(first, job, streams))


def tell_changes(streams: Streams, state: Callable[[], str]) -> Response:
    """Stream an empty `change` whenever a state is another; raises Away without a place."""
    first = state()
    streams.enter()
    return _stream(streams, changes(first, state, streams))


def _stream(streams: Streams, content: Iterator[str]) -> Response:
    response = Response(
        content,
        content_type="text/event-stream; charset=utf-8",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
    response.call_on_close(streams.leave)
    return response


def events(first: Job, job: Callable[[], Job], streams: Streams) -> Iterator[str]:
    """Yield `progress` whenever the job changes, then `end`; comments in between."""
    yield f"retry: {RETRY}\n\n"
    last, now = "", first
    begun = spoke = monotonic()
    while monotonic() - begun < LIFETIME:
        body = now.model_dump_json()
        if body != last:
            yield f"event: progress\ndata: {body}\n\n"
            last, spoke = body, monotonic()
        if now.status in ENDED:
            yield f"event: end\ndata: {body}\n\n"
            return
        if monotonic() - spoke >= HEARTBEAT:
            yield ": still there\n\n"
            spoke = monotonic()
        if streams.closing():
            return
        sleep(LOOK)
        try:
            now = job()
        except (StoreError, ApiError):
            # The job was deleted or the database is away: the client asks again and is told.
            return


def changes(last: str, state: Callable[[], str], streams: Streams) -> Iterator[str]:
    """Yield `change` whenever the state is another than before; comments in between."""
    # What the page shows may be older than the stream, so the first word is a change.
    yield f"retry: {RETRY}\n\nevent: change\ndata: 1\n\n"
    begun = spoke = monotonic()
    while monotonic() - begun < LIFETIME and not streams.closing():
        sleep(LOOK)
        try:
            now = state()
        except (StoreError, ApiError):
            return
        if now != last:
            yield "event: change\ndata: 1\n\n"
            last, spoke = now, monotonic()
        elif monotonic() - spoke >= HEARTBEAT:
            yield ": still there\n\n"
            spoke = monotonic()
