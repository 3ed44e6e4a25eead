"""Errors: each is a problem document, whatever goes wrong."""

import errno
import re

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from store import migrate
from store.errors import BlobStoreAway, DiskFull
from store.settings import Settings
from tests.integration.api.parts import Caller, Json, Maker, form, picture, work_off
from tests.servers import Postgres, Valkey


def problem(answer: TestResponse) -> Json:
    """The problem document of an answer, whose parts must agree with it."""
    assert answer.mimetype == "application/problem+json"
    found: Json = answer.get_json()
    assert found["status"] == answer.status_code
    assert found["type"].startswith("urn:orrery:problem:")
    assert found["title"]
    assert found["detail"]
    assert found["request_id"] == answer.headers["X-Request-Id"]
    return found


def test_what_is_not_there_is_a_problem(caller: Caller) -> None:
    for path in ("/v1", "/v1/jobs/x", "/v1/jobs/" + "0" * 32, "/v2/jobs", "/x", "/v1/jobs/"):
        answer = caller.get(path)
        assert (answer.status_code, problem(answer)["instance"]) == (404, path)


def test_a_method_that_is_not_allowed_says_which_are(caller: Caller) -> None:
    answer = caller("PUT", "/v1/jobs")
    assert (answer.status_code, problem(answer)["title"]) == (405, "Method Not Allowed")
    assert "GET" in answer.headers["Allow"]


def test_a_fault_of_ours_shows_no_traceback(
    capsys: pytest.CaptureFixture[str], caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret place /srv/x")

    monkeypatch.setattr("store.jobs.page", broken)
    answer = caller.http.get("/v1/jobs", headers=caller.headers)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    found = problem(answer)
    logged = capsys.readouterr().err
    assert "the secret place" in logged
    assert found["request_id"] in logged
    assert (caller.key or "?").partition(".")[2] not in logged


def test_a_request_keeps_the_id_that_it_came_with_where_that_is_sane(caller: Caller) -> None:
    for sent, kept in (("abc-123", True), ("x" * 65, False), ("a b", False)):
        answer = caller.get("/healthz", headers={"X-Request-Id": sent})
        assert (answer.headers["X-Request-Id"] == sent) is kept


@pytest.mark.parametrize("error", [DiskFull("full"), OSError(errno.ENOSPC, "No space left")])
def test_a_full_disk_is_told_and_nothing_is_accepted(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*_: object) -> str:
        raise error

    monkeypatch.setattr("store.blobs.Batch.put", full)
    answer = caller.solve()
    assert (answer.status_code, problem(answer)["type"][-12:]) == (507, "storage-full")
    assert caller.get("/v1/jobs").get_json()["items"] == []


def test_a_blob_store_that_is_away_is_told(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> str:
        raise BlobStoreAway("no answer")

    monkeypatch.setattr("store.blobs.Batch.put", away)
    answer = caller.solve()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_job_is_accepted_while_the_broker_is_away(
    settings: Settings, make_caller: Maker, valkey: Valkey
) -> None:
    caller = make_caller(settings)
    assert caller.get("/readyz").status_code == 200
    valkey.kill()
    job = caller.solve()
    assert job.status_code == 202
    ready = caller.get("/readyz")
    assert (ready.status_code, ready.get_json()["status"]) == (200, "degraded")
    assert "wait" in ready.get_json()["missing"]["broker"]
    work_off(caller.database)
    path = job.headers["Location"]
    assert caller.get(path).get_json()["status"] == "succeeded"


def test_without_the_database_nothing_is_accepted(
    postgres: Postgres, postgresql_url: str, lite: Settings, make_caller: Maker
) -> None:
    name = postgresql_url.partition("@/")[2].partition("?")[0]
    caller = make_caller(lite.model_copy(update={"database_url": postgresql_url}))
    assert caller.get("/v1/jobs").status_code == 200
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    for answer in (caller.get("/v1/jobs"), caller.solve()):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "database" in problem(answer)["detail"]
    assert "database" in caller.get("/readyz").get_json()["missing"]
    assert caller.get("/healthz").status_code == 200
    metrics = caller.get("/metrics")
    assert (
        metrics.status_code,
        'orrery_dependency_up{dependency="database"} 0.0' in metrics.text,
    ) == (200, True)
    page = caller.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    assert caller.solve().status_code == 202


def test_a_database_without_tables_is_not_ready(caller: Caller) -> None:
    migrate.downgrade(caller.app.extensions["orrery"].settings.database_url, "base")
    detail = caller.get("/readyz").get_json()
    assert "database" in detail["missing"]
    assert "orrery db upgrade" in detail["detail"]


def test_secure_headers_are_on_every_answer(caller: Caller) -> None:
    for path in ("/", "/v1/jobs", "/nope", "/healthz", "/static/0/page.css"):
        headers = caller.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_metrics_tell_what_is_in_the_database(caller: Caller) -> None:
    caller.solve(*[("a.jpg", picture())] * 2)
    caller.solve()
    metrics = caller.get("/metrics").text
    for line in (
        'orrery_items{state="pending"} 3.0',
        'orrery_jobs{status="queued"} 2.0',
        'orrery_results_total{kind="solve",outcome="answered"} 0.0',
        'orrery_chunks{queue="solve",state="ready"} 2.0',
        'orrery_dependency_up{dependency="database"} 1.0',
        'orrery_http_requests_total{endpoint="jobs.solve",method="POST",status="202"} 2.0',
    ):
        assert line in metrics
    age = re.search(r'oldest_waiting_item_seconds{queue="solve"} ([0-9.]+)$', metrics, re.MULTILINE)
    assert age
    assert float(age[1]) >= 0
    work_off(caller.database)
    metrics = caller.get("/metrics").text
    assert 'orrery_oldest_waiting_item_seconds{queue="solve"} 0.0' in metrics
    assert 'orrery_results_total{kind="solve",outcome="answered"} 3.0' in metrics


def test_a_form_with_a_file_in_a_small_field_is_too_large(caller: Caller) -> None:
    answer = caller.post("/v1/jobs/solve", data=form([("a.jpg", picture())], model="x" * 20_000))
    assert answer.status_code == 413


def test_an_api_goes_on_while_an_upgrade_rolls(caller: Caller) -> None:
    with caller.database.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ready = caller.get("/readyz")
    assert (ready.status_code, ready.get_json()["status"]) == (200, "degraded")
    assert "upgrade" in ready.get_json()["missing"]["schema"]
    assert caller.solve().status_code == 202


def test_readiness_names_what_cannot_be_written_and_tells_of_a_full_disk(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFull("no room")

    monkeypatch.setattr("store.blobs.Blobs.probe", full)
    ready = caller.get("/readyz")
    assert (ready.status_code, set(ready.get_json()["missing"]) >= {"room"}) == (200, True)

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("store.blobs.Blobs.probe", refused)
    ready = caller.get("/readyz")
    assert (ready.status_code, "blobs" in ready.get_json()["missing"]) == (503, True)


def test_liveness_asks_nothing_of_what_may_be_away(lite: Settings, make_caller: Maker) -> None:
    away = {"broker_url": "redis://127.0.0.1:1/0", "blob_url": "/proc/nowhere"}
    caller = make_caller(lite.model_copy(update=away))
    assert caller.get("/healthz").status_code == 200
    assert caller.get("/readyz").status_code == 503
