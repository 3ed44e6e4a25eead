"""Bounds: no body is read further than it may be, whatever length it claims or conceals."""

import io

import pytest

from store.settings import Settings
from tests.integration.api.parts import Caller, Maker, archive, picture
from tests.security.operations import Operation, operations

#: Bytes that a body of pictures may have in these tests.
MOST = 300_000
#: Bytes that a body without files may have, and bytes that a server may read ahead.
SMALL, AHEAD = 1024 * 1024, 256 * 1024


class Endless(io.RawIOBase):
    """A body that never ends, and counts how much of it was taken."""

    def __init__(self, start: bytes = b"") -> None:
        self.start, self.taken = start, 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray) -> int:  # type: ignore[override]
        data = self.start[self.taken : self.taken + len(into)].ljust(len(into), b" ")
        into[:] = data
        self.taken += len(into)
        return len(into)


START = {
    "application/json": b"{",
    "application/zip": b"PK\x03\x04",
    "multipart/form-data; boundary=b": b'--b\r\nContent-Disposition: form-data; name="archive"; '
    b'filename="a.zip"\r\n\r\n',
}


@pytest.fixture
def bounded(lite: Settings, make_caller: Maker) -> Caller:
    """An administrator of a service that takes small bodies only."""
    return make_caller(lite.model_copy(update={"max_body_bytes": MOST})).other("admin")


@pytest.mark.parametrize(
    "operation",
    [it for it in operations() if "requestBody" in it.described],
    ids=lambda it: it.name,
)
def test_a_body_of_unknown_length_is_read_to_its_bound_and_no_further(
    bounded: Caller, operation: Operation
) -> None:
    ids = dict.fromkeys(("job_id", "dataset_id", "evaluation_id"), "0" * 32)
    path = operation.request(ids)["path"]
    described = operation.described["requestBody"]["content"]
    for kind, start in START.items():
        if kind.partition(";")[0] not in described:
            continue
        body = Endless(start)
        answer = bounded.http.open(
            path,
            method=operation.method,
            headers=bounded.headers | {"Transfer-Encoding": "chunked"},
            content_type=kind,
            environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},
        )
        assert answer.status_code == 413, kind
        assert answer.mimetype == "application/problem+json"
        assert body.taken <= max(MOST, SMALL) + AHEAD


@pytest.mark.parametrize("path", ["/v1/jobs/solve", "/v1/datasets", "/v1/models"])
def test_a_length_that_is_too_large_is_refused_before_anything_is_read(
    bounded: Caller, path: str
) -> None:
    body = Endless(b"PK")
    answer = bounded.http.post(
        path,
        headers=bounded.headers,
        content_type="application/zip",
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(10**12)},
    )
    assert answer.status_code == 413
    assert body.taken <= AHEAD


def test_files_entries_pixels_and_waiting_pictures_are_bounded(
    lite: Settings, make_caller: Maker
) -> None:
    tight = lite.model_copy(update={"max_files": 2, "max_pending_per_key": 2})
    caller = make_caller(tight)
    three = archive({f"{n}.jpg": picture() for n in range(3)})
    sent = caller.post("/v1/jobs/solve", data=three, content_type="application/zip")
    assert sent.status_code == 413
    assert caller.solve(*[("a.jpg", picture())] * 3).status_code == 413
    assert caller.solve(*[("a.jpg", picture())] * 2).status_code == 202
    full = caller.solve()
    assert (full.status_code, int(full.headers["Retry-After"]) > 0) == (429, True)
    # Back-pressure is the affair of each key.
    assert caller.other().solve().status_code == 202
