"""Labelled datasets and what is done with them."""

import io
import json
import zipfile

import pytest

from store import audit, datasets, evaluations
from store.tables import DatasetImage
from tests.integration.api.parts import Caller, Json, archive, form, picture, work_off

LABELS = json.dumps([{"id": 1, "data": {"image": "images/1.jpg"}, "annotations": []}]).encode()


def packed(folder: str = "", labels: bytes = LABELS) -> bytes:
    """A dataset of two images in an archive."""
    files = {"labels.json": labels, "images/1.jpg": picture(), "images/2.png": picture("PNG")}
    return archive({folder + name: data for name, data in files.items()})


def upload(caller: Caller, data: bytes | None = None, **fields: str) -> Json:
    """Send a dataset; gives it."""
    sent = form(archive=("spring.zip", data or packed()), **fields)
    answer = caller.post("/v1/datasets", data=sent)
    assert answer.status_code == 201, answer.get_json()
    found: Json = answer.get_json()
    assert answer.headers["Location"] == f"/v1/datasets/{found['id']}"
    return found


def check(caller: Caller, dataset: Json, status: str = "ready") -> None:
    """Do what the worker that checks a dataset does."""
    problems = [{"task": "1", "code": "no_digit", "message": "there is no digit"}]
    with caller.database.begin() as session:
        datasets.checked(session, dataset["id"], status=status, puzzles=1, problems=problems)
    work_off(caller.database)


def images(caller: Caller, dataset: Json) -> list[DatasetImage]:
    """The images of a dataset."""
    with caller.database.read() as session:
        return datasets.images(session, dataset["id"])


def test_a_dataset_is_checked_by_a_worker(either: Caller) -> None:
    dataset = upload(either, name="Spring")
    assert (dataset["name"], dataset["status"], dataset["images"]) == ("Spring", "checking", 2)
    [job] = either.get("/v1/jobs?kind=import").get_json()["items"]
    assert (job["dataset"], job["total"]) == (dataset["id"], 1)
    check(either, dataset)
    found = either.get(f"/v1/datasets/{dataset['id']}").get_json()
    assert (found["status"], found["puzzles"]) == ("ready", 1)
    assert found["problems"][0]["code"] == "no_digit"
    [listed] = either.get("/v1/datasets").get_json()["items"]
    assert found == listed | {"origin": None, "versions": found["versions"]}
    assert [it["id"] for it in found["versions"]] == [dataset["id"]]


def test_images_are_named_as_the_labels_name_them(caller: Caller) -> None:
    for folder in ("", "DATASET/", "a/b/"):
        dataset = upload(caller, packed(folder))
        assert [it.name for it in images(caller, dataset)] == ["images/1.jpg", "images/2.png"]


def test_no_picture_is_taken_for_one_outside_the_labels_folder(caller: Caller) -> None:
    files = {"d/labels.json": LABELS, "d/images/1.jpg": picture(), "images/1.jpg": picture("PNG")}
    answer = caller.post("/v1/datasets", data=form(archive=("d.zip", archive(files))))
    assert answer.status_code == 422
    assert "share a name" in answer.get_json()["detail"]


def test_the_version_is_that_of_the_content(caller: Caller) -> None:
    first, again = upload(caller), upload(caller, packed("elsewhere/"))
    other = upload(caller, packed(labels=LABELS + b" "))
    assert first["version"] == again["version"] != other["version"]
    assert first["name"] == "spring"


def test_labelme_files_travel_as_one_document(caller: Caller) -> None:
    sheets = {"d/1.json": b'{"shapes": []}', "d/2.json": b"broken"}
    dataset = upload(caller, archive(sheets | {"d/1.jpg": picture(), "d/2.jpg": picture()}))
    with caller.database.read() as session:
        blob = datasets.get(session, None, dataset["id"]).labels
    labels = json.loads(caller.app.extensions["orrery"].blobs.get(blob))
    assert labels == {"1.json": '{"shapes": []}', "2.json": "broken"}
    assert [it.name for it in images(caller, dataset)] == ["1.jpg", "2.jpg"]


def test_the_order_and_the_times_of_an_archive_change_no_version(caller: Caller) -> None:
    label = b'{"shapes": []}'
    names = ["b.json", "a.json", "b.jpg", "a.jpg"]
    files = {name: label if name.endswith("json") else picture() for name in names}
    turned = io.BytesIO()
    with zipfile.ZipFile(turned, "w") as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6)), files[name])
    versions = {upload(caller, data)["version"] for data in (archive(files), turned.getvalue())}
    assert len(versions) == 1


def test_a_picture_under_two_names_is_stored_once(caller: Caller) -> None:
    files = {"labels.json": LABELS, "1.jpg": picture(), "2.jpg": picture()}
    first, second = images(caller, upload(caller, archive(files)))
    assert first.blob == second.blob


def test_a_dataset_is_deleted_unless_a_job_still_uses_it(either: Caller) -> None:
    dataset = upload(either)
    path = f"/v1/datasets/{dataset['id']}"
    refused = either.delete(path)
    assert refused.status_code == 409
    assert "still uses" in refused.get_json()["detail"]
    check(either, dataset)
    job = either.post("/v1/jobs/solve", json={"dataset": dataset["id"]}).get_json()
    assert either.delete(path).status_code == 409
    work_off(either.database)
    assert either.delete(path).status_code == 204
    assert either.get(path).status_code == 404
    assert either.delete(path).status_code == 404
    assert either.get(f"/v1/jobs/{job['id']}").get_json()["dataset"] is None
    assert len(either.get(f"/v1/jobs/{job['id']}/results").get_json()["items"]) == 2
    assert either.post("/v1/jobs/solve", json={"dataset": dataset["id"]}).status_code == 404
    with either.database.read() as session:
        assert "dataset.delete" in [entry.action for entry in audit.page(session, 10).items]


def test_an_archive_may_be_the_whole_body(caller: Caller) -> None:
    answer = caller.post(
        "/v1/datasets?name=Raw&nightly=true", data=packed(), content_type="application/zip"
    )
    assert answer.status_code == 201
    assert (answer.get_json()["name"], answer.get_json()["nightly"]) == ("Raw", True)


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"images/1.jpg": picture()}, 422),
        ({"labels.json": LABELS}, 422),
        ({"labels.json": LABELS, "readme.txt": b"hello"}, 422),
    ],
)
def test_an_archive_without_labels_or_images_is_refused(
    caller: Caller, files: dict[str, bytes], status: int
) -> None:
    answer = caller.post("/v1/datasets", data=form(archive=("d.zip", archive(files))))
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("fields", "named"),
    [({"nightly": "perhaps"}, "nightly"), ({"name": ""}, "name"), ({"colour": "red"}, "colour")],
)
def test_a_field_that_is_wrong_is_named(caller: Caller, fields: dict[str, str], named: str) -> None:
    answer = caller.post("/v1/datasets", data=form(archive=("d.zip", packed()), **fields))
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == named


def test_the_field_of_the_archive_may_have_another_name(caller: Caller) -> None:
    answer = caller.post("/v1/datasets", data=form(file=("spring.zip", packed())))
    assert (answer.status_code, answer.get_json()["name"]) == (201, "spring")
    two = form(archive=("a.zip", packed()), other=("b.zip", packed()))
    answer = caller.post("/v1/datasets", data=two)
    assert answer.status_code == 422
    assert "one zip archive" in answer.get_json()["detail"]


def test_what_is_no_archive_is_refused(caller: Caller) -> None:
    answer = caller.post("/v1/datasets", data=form(archive=("d.zip", b"hello")))
    assert answer.status_code == 422
    assert caller.post("/v1/datasets", data=b"x", content_type="text/plain").status_code == 415
    assert caller.post("/v1/datasets", data=form([("a.jpg", b"x")])).status_code == 422


def test_a_repeated_upload_makes_one_dataset(either: Caller) -> None:
    once = {"Idempotency-Key": "d-1"}
    sent = [
        either.post("/v1/datasets", data=form(archive=("d.zip", packed())), headers=once)
        for _ in range(2)
    ]
    assert sent[0].get_json() == sent[1].get_json()
    assert len(either.get("/v1/datasets").get_json()["items"]) == 1
    other = form(archive=("d.zip", packed(labels=b"[]")))
    assert either.post("/v1/datasets", data=other, headers=once).status_code == 409


def test_a_dataset_can_be_evaluated_every_night(caller: Caller) -> None:
    path = f"/v1/datasets/{upload(caller)['id']}"
    answer = caller("PATCH", path, json={"nightly": True})
    assert (answer.status_code, answer.get_json()["nightly"]) == (200, True)
    for body in ({}, {"nightly": None}, {"nightly": True, "name": "x"}):
        assert caller("PATCH", path, json=body).status_code == 422


@pytest.mark.parametrize("kind", ["solve", "evaluate", "retrain"])
@pytest.mark.parametrize("dataset", ["0" * 32, "none", "../1"])
def test_a_dataset_that_is_not_there_is_not_found(either: Caller, kind: str, dataset: str) -> None:
    answer = either.post(f"/v1/jobs/{kind}", json={"dataset": dataset})
    assert answer.status_code == 404
    assert f"no dataset {dataset}" in answer.get_json()["detail"]


@pytest.mark.parametrize("kind", ["solve", "evaluate"])
@pytest.mark.parametrize("checked", [True, False])
def test_a_job_runs_over_a_dataset_that_is_ready_or_still_checked(
    either: Caller, kind: str, checked: bool
) -> None:
    dataset = upload(either)
    body = {"dataset": dataset["id"]}
    if checked:
        check(either, dataset)
    answer = either.post(f"/v1/jobs/{kind}", json=body)
    assert answer.status_code == 202
    job = answer.get_json()
    assert (job["kind"], job["total"], job["dataset"]) == (kind, 2, dataset["id"])


def test_a_rejected_dataset_is_not_evaluated(caller: Caller) -> None:
    dataset = upload(caller)
    check(caller, dataset, "rejected")
    answer = caller.post("/v1/jobs/evaluate", json={"dataset": dataset["id"]})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "dataset"


def test_a_repeated_request_finds_its_job_although_the_dataset_was_rejected_since(
    either: Caller,
) -> None:
    dataset = upload(either)
    body, key = {"dataset": dataset["id"]}, {"Idempotency-Key": "once"}
    first = either.post("/v1/jobs/evaluate", json=body, headers=key).get_json()
    with either.database.begin() as session:
        datasets.checked(session, dataset["id"], status="rejected", puzzles=0, problems=[])

    again = either.post("/v1/jobs/evaluate", json=body, headers=key)

    assert (again.status_code, again.get_json()["id"]) == (202, first["id"])
    assert either.post("/v1/jobs/evaluate", json=body).status_code == 422


def test_a_model_that_is_not_there_is_named(caller: Caller) -> None:
    dataset = upload(caller)
    check(caller, dataset)
    for model in ("none@0123456789ab", "no such"):
        answer = caller.post("/v1/jobs/evaluate", json={"dataset": dataset["id"], "model": model})
        assert answer.status_code == 422
        assert answer.get_json()["errors"][0]["field"] == "model"


def test_the_accuracy_log_tells_model_dataset_and_slices(either: Caller) -> None:
    dataset = upload(either)
    check(either, dataset)
    job = either.post("/v1/jobs/evaluate", json={"dataset": dataset["id"]}).get_json()
    metrics = {"accuracy": 0.975, "scored": 40, "by": {"style": {"dotted": 0.9}}}
    with either.database.begin() as session:
        row = datasets.get(session, None, dataset["id"])
        evaluations.add(
            session,
            key_id=row.key_id,
            job_id=job["id"],
            model="small@0123456789ab",
            dataset=row,
            metrics=metrics,
        )
    [entry] = either.get("/v1/evaluations").get_json()["items"]
    assert (entry["accuracy"], entry["scored"], entry["metrics"]) == (0.975, 40, metrics)
    assert (entry["job"], entry["dataset"]) == (job["id"], dataset["id"])
    assert either.get(f"/v1/evaluations/{entry['id']}").get_json() == entry
    assert either.get(f"/v1/evaluations?dataset={'0' * 32}").get_json()["items"] == []
    assert either.get("/v1/evaluations?model=small@0123456789ab").get_json()["items"] == [entry]
