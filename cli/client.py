"""A client of a running service, for the commands that talk to one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self
from uuid import uuid4

from cli.console import note, progress
from cli.errors import CliError, ServiceAwayError
from cli.pictures import attachments
from cli.upload import Upload

if TYPE_CHECKING:
    import httpx

Json = dict[str, Any]

DEFAULT_URL = "http://127.0.0.1:8000"

#: Seconds without a byte after which the service counts as away.
TIMEOUT = 60.0

#: How often a request is sent while the service asks to wait, and the longest such wait.
ATTEMPTS = 6
LONGEST_WAIT = 30.0

#: Seconds between looks at a job.
LOOK = 0.5

UNAUTHORIZED, NOT_FOUND = 401, 404

#: What a service says of an address that cannot be: an id is mistyped.
NO_ADDRESS = "nothing at this address"

ENDED = ("succeeded", "failed", "cancelled")


class Client:
    """Talks to the service at `url` with an API key; ORRERY_URL and ORRERY_API_KEY by default.

    Every method raises CliError with what the service says is wrong, and ServiceAwayError where
    it does not answer.
    """

    def __init__(self, url: str | None = None, api_key: str | None = None) -> None:
        import httpx

        self.url = (url or os.environ.get("ORRERY_URL") or DEFAULT_URL).rstrip("/")
        key = api_key or os.environ.get("ORRERY_API_KEY")
        if not key:
            raise CliError("no API key; set ORRERY_API_KEY to one of the service's keys")
        try:
            self._http = httpx.Client(
                base_url=self.url, headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise CliError(f"ORRERY_URL or ORRERY_API_KEY cannot be used: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: object) -> Json:
        """Read a JSON document, `path` from `/v1` on; arguments that are None are left out."""
        wanted = {name: str(value) for name, value in query.items() if value is not None}
        return self._json("GET", path, params=wanted)

    def post(self, path: str, body: Json | None = None) -> Json:
        """Send a JSON document, once even where it must be sent twice."""
        return self._json("POST", path, body=body, headers=_once())

    def put(self, path: str, body: Json) -> Json:
        """Put a JSON document in its place."""
        return self._json("PUT", path, body=body)

    def delete(self, path: str) -> None:
        """Delete what is there."""
        self._request("DELETE", path)

    def upload(self, path: str, upload: Upload) -> Json:
        """Send files, read from disk as they go; shows how far it is on a terminal."""
        with progress("uploading", upload.length, size=True) as upload.show:
            return self._json("POST", path, headers=_once() | upload.headers, upload=upload)

    def download(self, path: str, file: IO[bytes]) -> None:
        """Write what is at a path to a file, piece by piece."""
        import httpx

        try:
            with self._http.stream("GET", path) as answer:
                if answer.is_error:
                    answer.read()
                    raise _refusal(answer)
                for piece in answer.iter_bytes():
                    file.write(piece)
        except httpx.TransportError as error:
            raise self._away(error) from error

    def pages(self, path: str, **query: object) -> Iterator[Json]:
        """All items of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.get(path, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def submit(
        self, paths: Sequence[Path], model: str | None = None, priority: str = "normal"
    ) -> Json:
        """Send pictures, folders of them or one zip archive to be solved; gives the job."""
        fields = {"priority": priority} | ({"model": model} if model else {})
        return self.upload("/v1/jobs/solve", Upload(fields, attachments(paths)))

    def job(self, job_id: str) -> Json:
        """A job as it is now."""
        return self.get(f"/v1/jobs/{job_id}")

    def wait(self, job: Json, show: Callable[[Json], None] = lambda job: None) -> Json:
        """Wait for a job's end; `show` is told of it at each look."""
        while job["status"] not in ENDED:
            sleep(LOOK)
            job = self.job(job["id"])
            show(job)
        return job

    def results(self, job_id: str) -> Iterator[Json]:
        """The solved pictures of a job, streamed."""
        for line in self.lines(job_id, "jsonl"):
            yield json.loads(line)

    def lines(self, job_id: str, kind: str) -> Iterator[str]:
        """The results of a job as lines of `jsonl` or `csv`, without their ends."""
        import httpx

        path = f"/v1/jobs/{job_id}/results"
        try:
            with self._http.stream("GET", path, params={"format": kind}) as answer:
                if answer.is_error:
                    answer.read()
                    raise _refusal(answer)
                yield from answer.iter_lines()
        except httpx.TransportError as error:
            raise self._away(error) from error

    def _json(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
        upload: Upload | None = None,
    ) -> Json:
        answer = self._request(
            method, path, params=params, body=body, headers=headers, upload=upload
        )
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise CliError(f"{self.url} does not answer like an Orrery service; check ORRERY_URL")
        return found

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
        upload: Upload | None = None,
    ) -> httpx.Response:
        import httpx

        for left in reversed(range(ATTEMPTS)):
            try:
                answer = self._http.request(
                    method,
                    path,
                    params=params,
                    json=body,
                    headers=headers,
                    content=iter(upload) if upload else None,
                )
            except httpx.InvalidURL as error:
                raise CliError(f"{path!r} holds what no id can hold; check the id") from error
            except httpx.TransportError as error:
                raise self._away(error) from error
            wait = _asked_to_wait(answer)
            if not answer.is_error:
                return answer
            if wait is None or not left:
                raise _refusal(answer)
            note(f"the service is busy; trying again in {wait:.0f} s")
            sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _away(self, error: httpx.TransportError) -> ServiceAwayError:
        reason = str(error) or type(error).__name__
        return ServiceAwayError(
            f"the service at {self.url} does not answer ({reason}); start one with 'orrery up', "
            "or set ORRERY_URL"
        )


def _once() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def _asked_to_wait(answer: httpx.Response) -> float | None:
    """Seconds that the service asks to wait, where waiting can help."""
    if answer.status_code not in (429, 503):
        return None
    value = answer.headers.get("Retry-After", "")
    return min(float(value), LONGEST_WAIT) if value.isdigit() else None


def _refusal(answer: httpx.Response) -> CliError:
    """What the service says is wrong, out of its problem document."""
    try:
        problem = answer.json()
        detail = problem["detail"]
    except (ValueError, KeyError, TypeError):
        return CliError(f"the service answered {answer.status_code} {answer.reason_phrase}")
    if answer.status_code == UNAUTHORIZED:
        detail = f"{detail} Set ORRERY_API_KEY to a key of the service; 'orrery up' prints one."
    elif answer.status_code == NOT_FOUND and NO_ADDRESS in detail:
        name = answer.url.path.rpartition("/")[2]
        detail = f"the service has nothing called {name!r}; check the id"
    return CliError(f"{detail} ({answer.status_code})")
