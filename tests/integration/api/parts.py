"""What the API's tests share: pictures, archives, a caller that holds answers to the document."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, TypeAlias

from flask import Flask
from jsonschema import Draft202012Validator
from PIL import Image
from werkzeug.test import TestResponse

from api import create_app
from store import dispatch, jobs, keys, leases
from store.session import Database
from store.settings import Settings

Json = dict[str, Any]
File = tuple[str, bytes]

SEEN = {
    "size": [1000, 400],
    "digit_box": [20.0, 210.0, 30.0, 40.0],
    "icon_box": None,
    "centre": [100.0, 100.0],
    "orbits": [20.0, 35.0, 50.0, 65.0, 80.0],
    "ellipse": [1.0, 0.0],
}


def picture(kind: str = "JPEG", size: tuple[int, int] = (50, 20), colour: str = "navy") -> bytes:
    """A small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


def archive(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return buffer.getvalue()


def form(images: Iterable[File] = (), **others: File | str) -> Json:
    """A multipart form for the test client."""
    # As browsers write a quotation mark; the test client leaves that to its caller.
    files = [(io.BytesIO(data), name.replace('"', "%22")) for name, data in images]
    rest = {
        field: value if isinstance(value, str) else (io.BytesIO(value[1]), value[0])
        for field, value in others.items()
    }
    return ({"images": files} if files else {}) | rest


def new_key(database: Database, *scopes: str) -> str:
    """Make a key; gives its text."""
    with database.begin() as session:
        return keys.create(session, "test", scopes or ["read", "submit", "train"])[1]


@cache
def document() -> Json:
    """The OpenAPI document, which all applications share."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder), broker_url="redis://127.0.0.1:1/0"))
        found: Json = app.test_client().get("/openapi.json").get_json()
        app.extensions["orrery"].database.dispose()
    return found


class Caller:
    """Calls the API with one key; every answer must be one that the document describes."""

    def __init__(self, app: Flask, key: str | None) -> None:
        self.app, self.key = app, key
        self.http = app.test_client()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    @property
    def database(self) -> Database:
        """The database of the application."""
        found: Database = self.app.extensions["orrery"].database
        return found

    def other(self, *scopes: str) -> "Caller":
        """A caller of the same application with a key of its own."""
        return Caller(self.app, new_key(self.database, *scopes))

    def __call__(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = self.headers | options.pop("headers", {})
        answer = self.http.open(path, method=method, headers=headers, **options)
        self._check(method, path.partition("?")[0], answer)
        return answer

    def get(self, path: str, **options: Any) -> TestResponse:
        return self("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self("POST", path, **options)

    def delete(self, path: str) -> TestResponse:
        return self("DELETE", path)

    def solve(self, *images: File, **options: Any) -> TestResponse:
        """Send pictures; one small one where none is named."""
        return self.post("/v1/jobs/solve", data=form(images or [("a.jpg", picture())]), **options)

    def _check(self, method: str, path: str, answer: TestResponse) -> None:
        operation = self._operation(method, path)
        if operation is None:
            return
        described = operation["responses"].get(str(answer.status_code))
        assert described is not None, f"{method} {path}: {answer.status_code} is not documented"
        if answer.status_code == 204:
            return
        content = {kind.partition(";")[0]: value for kind, value in described["content"].items()}
        assert answer.mimetype in content, f"{answer.mimetype} is not documented"
        for name in described.get("headers", {}):
            assert name in answer.headers
        if answer.mimetype.endswith("json"):
            schema = content[answer.mimetype]["schema"]
            Draft202012Validator(schema | {"components": document()["components"]}).validate(
                answer.get_json()
            )

    def _operation(self, method: str, path: str) -> Json | None:
        for template, operations in sorted(document()["paths"].items(), key=_plain_first):
            if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
                found: Json | None = operations.get(method.lower())
                return found
        return None


Maker: TypeAlias = Callable[[Settings], Caller]


def _plain_first(entry: tuple[str, Json]) -> int:
    return entry[0].count("{")


def work_off(database: Database, answer: Json | None = None) -> None:
    """Do what workers do: give every waiting picture a result, `answer` where one is given."""
    answer = {"tile": 4, "point": (712.5, 88.0), "digit": 3, "confidence": 0.987} | (answer or {})
    with database.begin() as session:
        waiting = dispatch.dispatchable(session, 1000, republish_after=-1)
    for chunk_id, _ in waiting:
        with database.begin() as session:
            lease = leases.claim(session, chunk_id, "test", 60)
            assert lease is not None
            leases.begin(session, lease, [item.id for item in lease.items])
            results = [
                leases.NewResult(item.id, model="small@0123456789ab", seen=SEEN, **answer)
                for item in lease.items
            ]
            leases.record(session, lease, results)
            leases.release(session, lease)
            jobs.finish_ready(session, ("solve", "evaluate", "import"))


@contextmanager
def working(database: Database, answer: Json | None = None, pause: float = 0.05) -> Iterator[None]:
    """Do what workers do, every `pause` seconds, for as long as the block lasts."""
    done = Event()

    def work() -> None:
        while not done.wait(pause):
            work_off(database, answer)

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


ERROR = {
    "tile": None,
    "point": None,
    "digit": None,
    "confidence": None,
    "error_code": "not_a_picture",
    "error_message": "this is no picture",
}
