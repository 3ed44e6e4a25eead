"""Retrain jobs over HTTP, as far as the API goes: what it takes and what it refuses."""

import pytest

from store import dispatch, jobs, leases, models
from store.queues import TRAIN
from tests.integration.api.parts import Caller, Json
from tests.integration.api.test_datasets import check, upload


def ready(caller: Caller) -> Json:
    """A dataset that may be trained on."""
    dataset = upload(caller)
    check(caller, dataset)
    return dataset


def test_a_retrain_job_waits_for_a_worker_that_trains(either: Caller) -> None:
    dataset = ready(either)
    answer = either.post(
        "/v1/jobs/retrain",
        json={"dataset": dataset["id"], "kind": "head", "epochs": 3, "seed": 7, "name": "mine"},
    )
    job = answer.get_json()
    assert answer.status_code == 202
    assert (job["kind"], job["total"], job["dataset"]) == ("retrain", 1, dataset["id"])
    assert job["progress"] is None
    with either.database.begin() as session:
        [(chunk_id, queue)] = dispatch.dispatchable(
            session, 10, job_id=job["id"], republish_after=-1
        )
        lease = leases.claim(session, chunk_id, "test", 60)
    assert queue == TRAIN
    assert lease is not None
    assert lease.job.params == {
        "kind": "head",
        "epochs": 3,
        "seed": 7,
        "name": "mine",
        "promote": None,
    }


def test_the_progress_of_a_training_is_shown(either: Caller) -> None:
    job = either.post("/v1/jobs/retrain", json={"dataset": ready(either)["id"]}).get_json()
    told = {
        "stage": "train",
        "done": 3,
        "total": 8,
        "epoch": 2,
        "loss": 0.25,
        "validation_auc": 0.75,
        "at": "2026-01-02T03:04:05.000Z",
    }
    with either.database.begin() as session:
        [(chunk_id, _)] = dispatch.dispatchable(session, 10, job_id=job["id"], republish_after=-1)
        lease = leases.claim(session, chunk_id, "test", 60)
        assert lease is not None
        leases.tell(session, lease, told | {"furthest": {"train": 3}}, farther=True)
    assert either.get(f"/v1/jobs/{job['id']}").get_json()["progress"] == told


def test_a_dataset_that_is_not_ready_is_not_trained_on(either: Caller) -> None:
    dataset = upload(either)
    answer = either.post("/v1/jobs/retrain", json={"dataset": dataset["id"]})
    assert answer.status_code == 409
    assert "still being checked" in answer.get_json()["detail"]
    check(either, dataset, "rejected")
    answer = either.post("/v1/jobs/retrain", json={"dataset": dataset["id"]})
    assert answer.status_code == 409
    assert "rejected" in answer.get_json()["detail"]


def test_a_repeated_request_makes_one_training(either: Caller) -> None:
    body, once = {"dataset": ready(either)["id"], "seed": 1}, {"Idempotency-Key": "once"}
    first = either.post("/v1/jobs/retrain", json=body, headers=once).get_json()
    again = either.post("/v1/jobs/retrain", json=body, headers=once)
    assert (again.status_code, again.get_json()["id"]) == (202, first["id"])
    other = either.post("/v1/jobs/retrain", json=body | {"seed": 2}, headers=once)
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "half"),
        ("epochs", 0),
        ("epochs", 1001),
        ("seed", -1),
        ("name", "../up"),
        ("name", ""),
        ("parent", "none@0123456789ab"),
        ("parent", "no such"),
        ("promote", "perhaps"),
        ("more", 1),
    ],
)
def test_a_wrong_field_is_named(caller: Caller, field: str, value: object) -> None:
    answer = caller.post("/v1/jobs/retrain", json={"dataset": ready(caller)["id"], field: value})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == field


def test_a_parent_is_kept_by_its_id(caller: Caller) -> None:
    with caller.database.begin() as session:
        models.register(session, "old@0123456789ab", "old")
    body = {"dataset": ready(caller)["id"], "parent": "old"}
    assert caller.post("/v1/jobs/retrain", json=body).get_json()["model"] == "old@0123456789ab"


def test_only_an_administrator_may_have_the_model_promoted(caller: Caller) -> None:
    body = {"dataset": ready(caller)["id"], "promote": True}
    assert caller.post("/v1/jobs/retrain", json=body).status_code == 403
    assert caller.other("admin").post("/v1/jobs/retrain", json=body).status_code == 202
    assert caller.post("/v1/jobs/retrain", json=body | {"promote": False}).status_code == 202


def test_training_needs_its_own_scope(caller: Caller) -> None:
    dataset = ready(caller)
    weak = caller.other("read", "submit")
    assert weak.post("/v1/jobs/retrain", json={"dataset": dataset["id"]}).status_code == 403


def test_a_training_that_waits_can_be_cancelled(either: Caller) -> None:
    job = either.post("/v1/jobs/retrain", json={"dataset": ready(either)["id"]}).get_json()
    assert either.post(f"/v1/jobs/{job['id']}/cancel").get_json()["status"] == "cancelled"
    with either.database.read() as session:
        assert jobs.get(session, None, job["id"]).error is None
