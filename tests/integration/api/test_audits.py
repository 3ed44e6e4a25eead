"""Doubtful labels of a dataset: the audit, what people say, and corrected versions."""

import json
from typing import Any

import pytest

from solver.dataset import read_labels
from store import audit, datasets, evaluations, jobs, reviews
from tests.integration.api.parts import Caller, Json, archive, form, picture, work_off
from tests.unit.dataset.labelled import annotation, labelme, task, whole

PICTURES = {f"images/{n}.jpg": picture(colour=colour) for n, colour in ((7, "navy"), (8, "red"))}
BOX = {"x": 22.0, "y": 10.0, "width": 3.0, "height": 8.0}


EXPORT = json.dumps([task(annotation(whole()), number=n) for n in (7, 8)]).encode()


def upload(caller: Caller, labels: dict[str, bytes] | None = None) -> str:
    """Send a dataset of the tasks 7 and 8, which is checked; gives its id."""
    packed = archive({**(labels or {"labels.json": EXPORT}), **PICTURES})
    sent = caller.post("/v1/datasets", data=form(archive=("spring.zip", packed)))
    dataset_id: str = sent.get_json()["id"]
    with caller.database.begin() as session:
        datasets.checked(session, dataset_id, status="ready", puzzles=2, problems=[])
    work_off(caller.database)
    return dataset_id


def suspect(task_id: str, score: float) -> Json:
    """What an audit says of a label."""
    return {
        "task": task_id,
        "image": f"images/{task_id}.jpg",
        "kind": "digit",
        "tile": None,
        "score": score,
        "confidence": 0.9,
        "self_confidence": 0.1,
        "message": "The digit is labelled 3; the hint reads 4.",
        "correction": {"digit": 4},
    }


def audited(caller: Caller, dataset_id: str, *tasks: str) -> None:
    """Do what the worker does that ends an audit."""
    found = [suspect(name, 0.9 - n / 10) for n, name in enumerate(tasks)]
    with caller.database.begin() as session:
        row = datasets.get(session, None, dataset_id)
        reviews.suspected(session, row, found, {"suspects": len(found)})


def review(caller: Caller, dataset_id: str, name: str, **body: Any) -> Any:
    return caller("PUT", f"/v1/datasets/{dataset_id}/reviews/{name}", json=body)


def correct(caller: Caller, dataset_id: str, **body: Any) -> Any:
    return caller.post(f"/v1/datasets/{dataset_id}/corrections", json={"why": "typo"} | body)


def test_an_audit_is_an_evaluation_that_was_asked_for_one(either: Caller) -> None:
    dataset_id = upload(either)
    answer = either.post(f"/v1/datasets/{dataset_id}/audit")
    assert answer.status_code == 202
    job = answer.get_json()
    assert (job["kind"], job["total"], job["dataset"]) == ("evaluate", 2, dataset_id)
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    with either.database.read() as session:
        assert jobs.get(session, None, job["id"]).params == {"audit": True}


def test_a_repeated_audit_is_one_job(caller: Caller) -> None:
    path, once = f"/v1/datasets/{upload(caller)}/audit", {"Idempotency-Key": "a"}
    first, again = (caller.post(path, headers=once).get_json()["id"] for _ in range(2))
    assert first == again


def test_an_audit_by_a_model_that_is_not_there_is_refused(caller: Caller) -> None:
    answer = caller.post(f"/v1/datasets/{upload(caller)}/audit?model=none")
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "model"


def test_a_rejected_dataset_is_not_audited(caller: Caller) -> None:
    dataset_id = upload(caller)
    with caller.database.begin() as session:
        datasets.checked(session, dataset_id, status="rejected", puzzles=0, problems=[])
    assert caller.post(f"/v1/datasets/{dataset_id}/audit").status_code == 422


def test_suspects_come_page_by_page_with_their_reviews(either: Caller) -> None:
    dataset_id = upload(either)
    path = f"/v1/datasets/{dataset_id}/suspects"
    assert either.get(path).get_json() == {"items": [], "next": None}
    audited(either, dataset_id, "8", "7")
    review(either, dataset_id, "7", verdict="right", note="looked twice")
    first = either.get(f"{path}?limit=1").get_json()
    rest = either.get(f"{path}?limit=1&cursor={first['next']}").get_json()
    assert [it["task"] for it in first["items"] + rest["items"]] == ["8", "7"]
    assert first["items"][0] == suspect("8", 0.9) | {"review": None}
    assert rest["items"][0]["review"]["note"] == "looked twice"
    assert rest["next"] is None
    audited(either, dataset_id, "7")
    assert [it["task"] for it in either.get(path).get_json()["items"]] == ["7"]
    shown = either.get(f"/v1/datasets/{dataset_id}").get_json()
    assert shown["statistics"]["audit"] == {"suspects": 1}


def test_a_review_takes_the_place_of_the_one_before(either: Caller) -> None:
    dataset_id = upload(either)
    review(either, dataset_id, "a/b ü", verdict="unsure")
    answer = review(either, dataset_id, "a/b ü", verdict="wrong", correction={"answer": None})
    assert answer.status_code == 200
    found = answer.get_json()
    assert (found["task"], found["verdict"]) == ("a/b ü", "wrong")
    assert found["correction"] == {"answer": None}
    with either.database.read() as session:
        noted = audit.page(session, 1).items[0]
    assert (noted.action, noted.detail["verdict"]) == ("dataset.review", "wrong")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"verdict": "right", "correction": {"digit": 3}}, "correction"),
        ({"verdict": "wrong", "correction": {"digit": 9}}, "correction.digit"),
        ({"verdict": "wrong", "correction": {"colour": 1}}, "correction.colour"),
        ({"verdict": "wrong", "correction": {"targets": {"9": None}}}, "correction.targets"),
    ],
)
def test_a_review_that_is_wrong_names_its_field(caller: Caller, body: Json, field: str) -> None:
    answer = review(caller, upload(caller), "7", **body)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"].startswith(field)


def test_a_correction_is_a_new_version_and_the_old_one_stays(either: Caller) -> None:
    dataset_id = upload(either)
    before = either.get(f"/v1/datasets/{dataset_id}").get_json()
    change = {"task": "7", "correction": {"digit": 4, "targets": {"2": BOX}}}
    answer = correct(either, dataset_id, why="looked at it", changes=[change])
    assert answer.status_code == 201
    made = answer.get_json()
    assert (made["parent"], made["status"], made["name"]) == (dataset_id, "checking", "spring")
    assert made["version"] != before["version"]
    shown = either.get(answer.headers["Location"]).get_json()
    assert shown["origin"]["why"] == "looked at it"
    assert shown["origin"]["by"]["name"] == "test"
    assert [it["what"] for it in shown["origin"]["changes"]] == ["digit", "+ of tile 2"]
    after = either.get(f"/v1/datasets/{dataset_id}").get_json()
    assert {**after, "versions": None} == {**before, "versions": None}
    assert [it["id"] for it in after["versions"]] == [dataset_id, made["id"]]
    [job] = either.get("/v1/jobs?kind=import&status=queued").get_json()["items"]
    assert job["dataset"] == made["id"]
    with either.database.read() as session:
        old, new = (datasets.images(session, it) for it in (dataset_id, made["id"]))
        labels = datasets.get(session, None, made["id"]).labels
    assert [it.blob for it in old] == [it.blob for it in new]
    tasks = json.loads(either.app.extensions["orrery"].blobs.get(labels))
    assert tasks[0]["annotations"][0]["result"][0]["value"]["rectanglelabels"] == ["4"]


def test_labelme_files_are_corrected_like_an_export(caller: Caller) -> None:
    files = {f"images/{n}.json": json.dumps(labelme(str(n))).encode() for n in (7, 8)}
    dataset_id = upload(caller, files)
    change = {"task": "7", "correction": {"digit": 4}}
    made = correct(caller, dataset_id, changes=[change]).get_json()
    with caller.database.read() as session:
        labels = datasets.get(session, None, made["id"]).labels
        names = [image.name for image in datasets.images(session, made["id"])]
    document = caller.app.extensions["orrery"].blobs.get(labels)
    read_back = read_labels(document, names)
    assert {puzzle.id: puzzle.digit for puzzle in read_back.puzzles} == {"7": 4, "8": 3}
    refused = correct(caller, dataset_id, changes=[{"task": "7", "correction": {"answer": 2}}])
    assert refused.status_code == 422
    assert "names no answer" in refused.get_data(as_text=True)


def test_without_changes_the_reviews_are_what_is_corrected(either: Caller) -> None:
    dataset_id = upload(either)
    empty = correct(either, dataset_id)
    assert empty.status_code == 422
    review(either, dataset_id, "7", verdict="wrong", correction={"digit": 5})
    review(either, dataset_id, "8", verdict="wrong")
    answer = correct(either, dataset_id, name="spring, corrected")
    assert (answer.status_code, answer.get_json()["name"]) == (201, "spring, corrected")
    origin = either.get(answer.headers["Location"]).get_json()["origin"]
    assert origin["changes"] == [{"task": "7", "what": "digit", "from": "3", "to": "5"}]


def test_the_same_correction_gives_the_same_version(caller: Caller) -> None:
    dataset_id = upload(caller)
    change = {"task": "7", "correction": {"digit": 4}}
    made = [correct(caller, dataset_id, changes=[change]).get_json() for _ in range(2)]
    assert made[0]["version"] == made[1]["version"]
    assert made[0]["id"] != made[1]["id"]


def test_a_repeated_correction_makes_one_version(caller: Caller) -> None:
    path, once = f"/v1/datasets/{upload(caller)}/corrections", {"Idempotency-Key": "c"}
    body = {"why": "typo", "changes": [{"task": "7", "correction": {"digit": 4}}]}
    made = [caller.post(path, json=body, headers=once).get_json()["id"] for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([{"task": "9", "correction": {"digit": 4}}], "no task '9'"),
        ([{"task": "7", "correction": {"digit": 3}}], "change nothing"),
        ([{"task": "7", "correction": {"targets": {"5": BOX}}}], "another tile"),
        ([{"task": "7", "correction": {"digit": 4}}] * 2, "twice"),
        ([], "at least 1"),
    ],
)
def test_a_correction_that_cannot_be_made_says_why(
    caller: Caller, changes: list[Json], says: str
) -> None:
    answer = correct(caller, upload(caller), changes=changes)
    assert answer.status_code == 422
    assert says in answer.get_json()["detail"]


def test_the_accuracy_before_and_after_stand_beside_each_other(either: Caller) -> None:
    dataset_id = upload(either)
    change = {"task": "7", "correction": {"digit": 4}}
    made = correct(either, dataset_id, changes=[change]).get_json()
    with either.database.begin() as session:
        for each, accuracy in ((dataset_id, 0.5), (made["id"], 1.0)):
            row = datasets.get(session, None, each)
            evaluations.add(
                session,
                key_id=row.key_id,
                job_id=None,
                model="small@0123456789ab",
                dataset=row,
                metrics={"accuracy": accuracy, "scored": 2},
            )
    for each in (dataset_id, made["id"]):
        versions = either.get(f"/v1/datasets/{each}").get_json()["versions"]
        assert [it["evaluations"][0]["accuracy"] for it in versions] == [0.5, 1.0]
        assert [it["parent"] for it in versions] == [None, dataset_id]


def test_what_an_administrator_corrects_stays_with_the_key_that_owns_it(either: Caller) -> None:
    dataset_id = upload(either)
    change = {"task": "7", "correction": {"digit": 4}}
    made = correct(either.other("admin"), dataset_id, changes=[change]).get_json()
    assert either.get(f"/v1/datasets/{made['id']}").status_code == 200


def test_reviews_and_suspects_go_with_their_dataset(either: Caller) -> None:
    dataset_id = upload(either)
    audited(either, dataset_id, "7")
    review(either, dataset_id, "7", verdict="right")
    change = {"task": "7", "correction": {"digit": 4}}
    made = correct(either, dataset_id, changes=[change]).get_json()
    assert either.delete(f"/v1/datasets/{dataset_id}").status_code == 204
    left = either.get(f"/v1/datasets/{made['id']}").get_json()
    assert (left["parent"], len(left["versions"])) == (dataset_id, 1)
    assert either.get(f"/v1/datasets/{dataset_id}/suspects").status_code == 404
