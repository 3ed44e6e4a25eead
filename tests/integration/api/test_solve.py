"""Sending pictures: what is taken, what is refused and how."""

import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from store.settings import Settings
from tests.integration.api.parts import Caller, Maker, archive, form, picture, work_off

Files = list[tuple[str, bytes]]


def names(caller: Caller, job: str) -> list[str]:
    """The names of a job's pictures, in order."""
    work_off(caller.database)
    return [line["image"] for line in caller.get(f"/v1/jobs/{job}/results").get_json()["items"]]


def test_pictures_become_a_job_at_the_address_it_names(either: Caller) -> None:
    answer = either.solve(("a.jpg", picture()), ("b.png", picture("PNG")))
    assert answer.status_code == 202
    job = answer.get_json()
    assert (job["status"], job["total"], job["kind"]) == ("queued", 2, "solve")
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert either.get(answer.headers["Location"]).get_json() == job


def test_results_come_in_the_order_of_the_inputs(caller: Caller) -> None:
    sent = [f"{number}.jpg" for number in (3, 1, 2)]
    job = caller.solve(*[(name, picture()) for name in sent]).get_json()
    assert names(caller, job["id"]) == sent


def test_a_file_s_name_stays_data(caller: Caller) -> None:
    sent = ["../../etc/passwd", "<img src=x onerror=alert(1)>.jpg", "ünï/☃.png"]
    job = caller.solve(*[(name, picture()) for name in sent]).get_json()
    assert names(caller, job["id"]) == sent


def test_a_name_with_control_characters_is_shown_harmless(caller: Caller) -> None:
    job = caller.solve(("a\x00b\x1b[31m.jpg", picture())).get_json()
    assert names(caller, job["id"]) == ["a�b�[31m.jpg"]


def test_one_broken_file_does_not_stop_the_rest(caller: Caller) -> None:
    answer = caller.solve(("a.jpg", picture()), ("notes.txt", b"hello"), ("empty.png", b""))
    assert (answer.status_code, answer.get_json()["total"]) == (202, 3)


def test_an_archive_is_taken_in_a_form_and_as_the_whole_body(caller: Caller) -> None:
    packed = archive({"x/a.jpg": picture(), "b.png": picture("PNG")})
    job = caller.post("/v1/jobs/solve", data=form(archive=("p.zip", packed))).get_json()
    assert names(caller, job["id"]) == ["x/a.jpg", "b.png"]
    answer = caller.post("/v1/jobs/solve", data=packed, content_type="application/zip")
    assert (answer.status_code, answer.get_json()["total"]) == (202, 2)


@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ([("a.gif", b"GIF89a" + bytes(40))], 415, "not-a-picture"),
        ([("a.txt", b"hello"), ("b.pdf", b"%PDF-1.7")], 415, "not-a-picture"),
        ([("empty.jpg", b"")], 415, "not-a-picture"),
    ],
)
def test_a_request_without_a_picture_is_refused(
    caller: Caller, files: Files, status: int, code: str
) -> None:
    answer = caller.solve(*files)
    assert answer.status_code == status
    assert answer.get_json()["type"].endswith(code)


def test_a_request_without_any_file_names_the_field(caller: Caller) -> None:
    answer = caller.post(
        "/v1/jobs/solve", data=b"--b--\r\n", content_type="multipart/form-data; boundary=b"
    )
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "images"


def test_a_picture_of_too_many_pixels_is_too_large(caller: Caller) -> None:
    header = b"IHDR" + (30_000).to_bytes(4, "big") * 2 + picture("PNG")[24:29]
    chunk = header + zlib.crc32(header).to_bytes(4, "big")
    bomb = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + chunk + picture("PNG")[33:]
    assert caller.solve(("bomb.png", bomb)).status_code == 413


def test_a_body_larger_than_allowed_is_refused(lite: Settings, make_caller: Maker) -> None:
    caller = make_caller(lite.model_copy(update={"max_body_bytes": 10_000}))
    answer = caller.solve(("a.jpg", picture() + bytes(20_000)))
    assert answer.status_code == 413
    assert "10000 bytes" in answer.get_json()["detail"]


def test_more_files_than_allowed_are_refused(lite: Settings, make_caller: Maker) -> None:
    caller = make_caller(lite.model_copy(update={"max_files": 2}))
    assert caller.solve(*[("a.jpg", picture())] * 2).status_code == 202
    assert caller.solve(*[("a.jpg", picture())] * 3).status_code == 413


def test_more_pictures_than_may_wait_are_refused_with_a_time_to_wait(
    lite: Settings, make_caller: Maker
) -> None:
    caller = make_caller(lite.model_copy(update={"max_pending_per_key": 3}))
    assert caller.solve(*[("a.jpg", picture())] * 3).status_code == 202
    answer = caller.solve()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["type"].endswith("queue-full")


def test_hundreds_of_files_are_taken_in_one_request(lite: Settings, make_caller: Maker) -> None:
    small = picture(size=(1, 1))
    boundary = b"b0undary"
    parts = (
        b'--%s\r\nContent-Disposition: form-data; name="images"; filename="%d.jpg"\r\n\r\n%s\r\n'
        % (boundary, number, small)
        for number in range(300)
    )
    body = b"".join(parts) + b"--" + boundary + b"--\r\n"
    answer = make_caller(lite).post(
        "/v1/jobs/solve", data=body, content_type="multipart/form-data; boundary=b0undary"
    )
    assert (answer.status_code, answer.get_json()["total"]) == (202, 300)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"pictures": ("a.jpg", picture())}, "pictures"),
        ({"wait": "yes"}, "wait"),
        ({"archive": "p.zip"}, "archive"),
        ({"model": "no-such-model"}, "model"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    caller: Caller, fields: dict[str, str | tuple[str, bytes]], named: str
) -> None:
    answer = caller.post("/v1/jobs/solve", data=form([("b.jpg", picture())], **fields))
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == named


def test_images_and_an_archive_together_are_refused(caller: Caller) -> None:
    both = form([("a.jpg", picture())], archive=("p.zip", archive({"b.jpg": picture()})))
    assert caller.post("/v1/jobs/solve", data=both).status_code == 422


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"hello", "text/plain", 415),
        (picture(), "image/jpeg", 415),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"dataset": 7}', "application/json", 422),
        (b'{"dataset": "' + b"0" * 32 + b'"}', "application/json", 404),
        (b"no parts", "multipart/form-data", 400),
        (b"no parts", "multipart/form-data; boundary=x", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="images"',
            "multipart/form-data; boundary=x",
            400,
        ),
        (b"--x\r\nNo-Disposition: 1\r\n\r\nhello\r\n--x--", "multipart/form-data; boundary=x", 400),
        (b"--x\r\n" + b"a" * 400_000, "multipart/form-data; boundary=x", 413),
        (b"no zip", "application/zip", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    caller: Caller, body: bytes, kind: str, status: int
) -> None:
    answer = caller.post("/v1/jobs/solve", data=body, content_type=kind)
    assert answer.status_code == status, answer.get_json()


def test_an_unknown_field_of_a_json_body_is_named(caller: Caller) -> None:
    body = {"dataset": "0" * 32, "modle": "x"}
    answer = caller.post("/v1/jobs/evaluate", json=body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [
        {"field": "modle", "message": "unknown field; remove it or check its spelling"}
    ]


def test_a_json_route_says_what_it_takes(caller: Caller) -> None:
    answer = caller.post("/v1/jobs/evaluate", data=b"dataset=1", content_type="text/plain")
    assert answer.status_code == 415


def test_a_repeated_request_makes_one_job(caller: Caller) -> None:
    once = {"Idempotency-Key": "k-1"}
    first, second = (caller.solve(headers=once) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.get_json()["id"] == second.get_json()["id"]


def test_another_request_under_the_same_idempotency_key_clashes(caller: Caller) -> None:
    once = {"Idempotency-Key": "k-1"}
    caller.solve(headers=once)
    answer = caller.solve(("other.jpg", picture()), headers=once)
    assert answer.status_code == 409
    assert answer.get_json()["type"].endswith("idempotency-clash")


def test_an_idempotency_key_belongs_to_one_api_key(caller: Caller) -> None:
    once = {"Idempotency-Key": "k-1"}
    jobs = {who.solve(headers=once).get_json()["id"] for who in (caller, caller.other())}
    assert len(jobs) == 2


@pytest.mark.parametrize("key", ["x" * 256, "with space", "ü"])
def test_an_idempotency_key_that_cannot_be_kept_is_refused(caller: Caller, key: str) -> None:
    assert caller.solve(headers={"Idempotency-Key": key}).status_code == 422


def test_many_at_once_under_one_key_make_one_job(either: Caller) -> None:
    def send(_: int) -> str:
        one = Caller(either.app, either.key)
        answer = one.solve(headers={"Idempotency-Key": "together"})
        assert answer.status_code == 202
        return str(answer.get_json()["id"])

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(send, range(24)))) == 1
