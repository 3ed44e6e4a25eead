"""Jobs: read, listed page by page, cancelled, released, deleted."""

import pytest

from store import jobs
from tests.integration.api.parts import ERROR, Caller, picture, work_off
from tests.integration.store.parts import quarantined


def test_a_job_tells_how_far_it_is(either: Caller) -> None:
    job = either.solve(*[("a.jpg", picture())] * 2).get_json()
    assert (job["status"], job["done"], job["started_at"]) == ("queued", 0, None)
    work_off(either.database)
    job = either.get(f"/v1/jobs/{job['id']}").get_json()
    assert (job["status"], job["total"], job["done"], job["failed"]) == ("succeeded", 2, 2, 0)
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]
    assert job["created_at"].endswith("Z")
    assert job["error"] is None


def test_a_job_whose_pictures_all_failed_has_succeeded(caller: Caller) -> None:
    job = caller.solve().get_json()
    work_off(caller.database, ERROR)
    job = caller.get(f"/v1/jobs/{job['id']}").get_json()
    assert (job["status"], job["done"], job["failed"]) == ("succeeded", 1, 1)


def test_pages_hold_every_job_once_newest_first(either: Caller) -> None:
    sent = [either.solve().get_json()["id"] for _ in range(5)]
    seen, cursor = [], ""
    while True:
        page = either.get(f"/v1/jobs?limit=2{cursor}").get_json()
        seen += [job["id"] for job in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == sent[::-1]


def test_jobs_are_listed_by_kind_and_status(caller: Caller) -> None:
    caller.solve()
    work_off(caller.database)
    caller.solve()
    for query, count in (("status=queued", 1), ("status=succeeded", 1), ("kind=evaluate", 0)):
        assert len(caller.get(f"/v1/jobs?{query}").get_json()["items"]) == count


@pytest.mark.parametrize(
    "cursor",
    ["x", "%00", "AAAA", "bnVsbA", "WzFd", "MTIzNA", "e30", "ÿ", "%22", "IlxkODAwIg", "a" * 400],
)
def test_a_cursor_that_no_page_gave_out_is_refused(either: Caller, cursor: str) -> None:
    answer = either.get(f"/v1/jobs?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.get_json()["type"].endswith("invalid-cursor")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=501", "limit=x", "limit=", "page=2", "status=done"]
)
def test_a_query_that_is_wrong_is_named(caller: Caller, query: str) -> None:
    answer = caller.get(f"/v1/jobs?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_cancelled_job_keeps_the_results_it_has(either: Caller) -> None:
    job = either.solve().get_json()
    work_off(either.database)
    assert either.post(f"/v1/jobs/{job['id']}/cancel").get_json()["status"] == "succeeded"
    waiting = either.solve().get_json()
    answer = either.post(f"/v1/jobs/{waiting['id']}/cancel")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "cancelled")
    assert either.post(f"/v1/jobs/{waiting['id']}/cancel").status_code == 200


def test_an_administrator_has_pictures_tried_again_that_were_set_aside(either: Caller) -> None:
    path = f"/v1/jobs/{either.solve().get_json()['id']}"
    with either.database.read() as session:
        job = jobs.get(session, None, path.rpartition("/")[2])
    quarantined(either.database, job)
    [result] = either.get(f"{path}/results").get_json()["items"]
    assert result["error"]["code"] == "quarantined"

    assert either.post(f"{path}/release").status_code == 403
    released = either.other("admin").post(f"{path}/release")
    work_off(either.database)

    assert (released.status_code, released.get_json()["done"]) == (200, 0)
    [result] = either.get(f"{path}/results").get_json()["items"]
    assert (result["tile"], result["error"]) == (4, None)


def test_what_was_cancelled_is_not_released(caller: Caller) -> None:
    path = f"/v1/jobs/{caller.solve(*[('a.jpg', picture())] * 2).get_json()['id']}"
    with caller.database.read() as session:
        quarantined(caller.database, jobs.get(session, None, path.rpartition("/")[2]))
    caller.post(f"{path}/cancel")
    assert caller.other("admin").post(f"{path}/release").status_code == 409


def test_a_deleted_job_is_gone_with_its_results(either: Caller) -> None:
    path = f"/v1/jobs/{either.solve().get_json()['id']}"
    work_off(either.database)
    assert either.delete(path).status_code == 204
    for gone in (path, f"{path}/results", f"{path}/results/0", f"{path}/results/0/picture"):
        assert either.get(gone).status_code == 404
    assert either.delete(path).status_code == 404
