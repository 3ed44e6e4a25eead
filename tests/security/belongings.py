"""One of everything that a key can own, made the way that a user makes it."""

from typing import Any

from sqlmodel import col, update

from store import datasets, evaluations, models, outcomes, reviews
from store.tables import Result
from tests.integration.api.parts import Caller, archive, form, picture, work_off
from tests.security.operations import PLAIN

KINDS = ("job_id", "dataset_id", "evaluation_id")
SUSPECT: dict[str, Any] = {
    "task": "1",
    "image": "1.jpg",
    "kind": "digit",
    "tile": None,
    "score": 0.9,
    "confidence": 0.9,
    "self_confidence": 0.1,
    "message": "the hint reads 2",
    "correction": {"digit": 2},
}
LABELS = b'[{"id": 1, "data": {"image": "1.jpg"}, "annotations": []}]'


def make(caller: Caller) -> dict[str, str]:
    """Give the ids of a solved job, a dataset and an evaluation; `replay_id` is another job."""
    share_model(caller, PLAIN["model_id"])
    job = caller.solve().get_json()["id"]
    packed = archive({"labels.json": LABELS, "1.jpg": picture()})
    dataset = caller.post("/v1/datasets", data=form(archive=("d.zip", packed))).get_json()["id"]
    work_off(caller.database)
    replay = caller.post(f"/v1/jobs/{job}/results/0/replay")
    assert replay.status_code == 202, replay.text
    pack = outcomes.Pack()
    blob = caller.app.extensions["orrery"].blobs.put(pack.data())
    with caller.database.begin() as session:
        session.execute(update(Result).where(col(Result.job_id) == job).values(thumbnail=blob))
        datasets.checked(session, dataset, status="ready", puzzles=1, problems=[])
        row = datasets.get(session, None, dataset)
        found = evaluations.add(
            session,
            key_id=row.key_id,
            job_id=job,
            model=PLAIN["model_id"],
            dataset=row,
            metrics={"accuracy": 1.0, "scored": 1},
            outcomes=blob,
        )
        assert found is not None
        reviews.suspected(session, row, [SUSPECT], {"audited": 1})
        (image,) = datasets.images(session, dataset)
    return {
        "job_id": job,
        "dataset_id": dataset,
        "evaluation_id": found.id,
        "picture": image.blob,
        "place": "0",
        "replay_id": replay.get_json()["id"],
    }


def imports(caller: Caller) -> set[str]:
    """The jobs that checked the caller's datasets."""
    return {job["id"] for job in caller.get("/v1/jobs?kind=import").get_json()["items"]}


def share_model(caller: Caller, model_id: str) -> None:
    """Register a model, which every key may use."""
    with caller.database.begin() as session:
        models.register(session, model_id, model_id.partition("@")[0])
