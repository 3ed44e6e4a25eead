"""One of everything that a key can own, made the way that a user makes it."""

from store import datasets, evaluations, models
from tests.integration.api.parts import Caller, archive, form, picture, work_off
from tests.security.operations import PLAIN

KINDS = ("job_id", "dataset_id", "evaluation_id")
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
    with caller.database.begin() as session:
        datasets.checked(session, dataset, status="ready", puzzles=1, problems=[])
        row = datasets.get(session, None, dataset)
        found = evaluations.add(
            session,
            key_id=row.key_id,
            job_id=job,
            model=PLAIN["model_id"],
            dataset=row,
            metrics={"accuracy": 1.0, "scored": 1},
        )
        assert found is not None
    return {
        "job_id": job,
        "dataset_id": dataset,
        "evaluation_id": found.id,
        "replay_id": replay.get_json()["id"],
    }


def imports(caller: Caller) -> set[str]:
    """The jobs that checked the caller's datasets."""
    return {job["id"] for job in caller.get("/v1/jobs?kind=import").get_json()["items"]}


def share_model(caller: Caller, model_id: str) -> None:
    """Register a model, which every key may use."""
    with caller.database.begin() as session:
        models.register(session, model_id, model_id.partition("@")[0])
