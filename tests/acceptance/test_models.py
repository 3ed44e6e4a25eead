"""A model's life in a running service: trained, judged, promoted under load, rolled back."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from solver.generate import draw, write_dataset
from tests.acceptance.gate import Gate
from tests.acceptance.service import PATIENCE, Service
from tests.servers import wait_until

Puzzles = list[tuple[str, bytes]]
Json = dict[str, Any]

#: Puzzles of the dataset: hardly more than a training needs.
COUNT = 22


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A labelled dataset as it is uploaded."""
    folder: Path = tmp_path_factory.mktemp("labelled") / "puzzles"
    write_dataset(folder, COUNT, seed=91, difficulty="easy")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            packed.write(path, path.relative_to(folder))
    return file.getvalue()


def get(service: Service, path: str) -> Json:
    found: Json = service.client.get(path).raise_for_status().json()
    return found


def post(service: Service, path: str, **body: object) -> Json:
    found: Json = service.client.post(path, json=body).raise_for_status().json()
    return found


def ended(service: Service, job: Json) -> Json:
    """A job at its end."""
    path = f"/v1/jobs/{job['id']}"
    wait_until(lambda: get(service, path)["finished_at"] is not None, f"{job['kind']} job", 900)
    return get(service, path)


def uploaded(service: Service, archive: bytes) -> str:
    """The id of a dataset that was sent and checked."""
    sent = service.client.post(
        "/v1/datasets", content=archive, headers={"Content-Type": "application/zip"}
    )
    path = f"/v1/datasets/{sent.raise_for_status().json()['id']}"
    wait_until(lambda: get(service, path)["status"] != "checking", "the check", PATIENCE)
    found = get(service, path)
    assert (found["status"], found["puzzles"]) == ("ready", COUNT)
    return str(found["id"])


def champion(service: Service) -> str:
    [found] = get(service, "/v1/models?state=champion")["items"]
    return str(found["id"])


def trained(service: Service, dataset: str) -> str:
    """The one candidate of a small training."""
    asked = {"dataset": dataset, "epochs": 1, "seed": 3, "name": "trained"}
    job = ended(service, post(service, "/v1/jobs/retrain", **asked))
    assert (job["status"], job["error"]) == ("succeeded", None)
    listed = get(service, "/v1/models")["items"]
    [candidate] = [model for model in listed if model["job"] == job["id"]]
    assert (candidate["state"], candidate["name"]) == ("candidate", "trained")
    assert candidate["data_version"]
    assert candidate["card"]["before"]["model"] == candidate["parent"] == champion(service)
    lineage = get(service, f"/v1/models/{candidate['id']}/lineage")["items"]
    assert [model["id"] for model in lineage] == [candidate["id"], candidate["parent"]]
    return str(candidate["id"])


def judged(service: Service, model: str, dataset: str) -> Json:
    """The decision of the gate, by the puzzles that the training held out."""
    ended(service, post(service, f"/v1/models/{model}/gate", dataset=dataset))
    decision: Json = get(service, f"/v1/models/{model}")["gate"]
    return decision


def test_a_candidate_is_trained_judged_promoted_under_load_and_rolled_back(
    service: Service, archive: bytes, puzzles: Puzzles
) -> None:
    before, dataset = champion(service), uploaded(service, archive)
    model = trained(service, dataset)
    assert champion(service) == before

    decision = judged(service, model, dataset)
    assert not decision["passed"]
    assert "too few held-out puzzles to tell" in decision["reasons"][0]
    figures = decision["figures"]
    assert 0 < figures["puzzles"] < COUNT
    for side, name in decision["evaluations"].items():
        logged = get(service, f"/v1/evaluations/{name}")
        assert logged["model"] == {"champion": before, "candidate": model}[side]
        assert logged["accuracy"] == figures[side]["accuracy"]

    held = draw(seed=8, index=0, difficulty="easy").data
    gate = Gate(service.folder / "blobs", held)
    running = service.submit([*puzzles * 3, ("held.png", held)])
    try:
        wait_until(gate.reached, "the job's way to its last picture", PATIENCE)
        refused = service.client.post(f"/v1/models/{model}/promote")
        assert refused.status_code == 409
        assert "too few" in refused.json()["detail"]
        post(service, f"/v1/models/{model}/promote", force=True)
        assert service.job(running)["finished_at"] is None
    finally:
        gate.open()
    later = service.submit(puzzles)
    # No job, and so no chunk and no picture, is solved by a mixture of both.
    for job, by, count in (
        (running, before, 3 * len(puzzles) + 1),
        (later, model, len(puzzles)),
    ):
        found = service.wait(job)
        assert {result["model"] for result in found} == {by}
        assert len(found) == count
        assert all(result["error"] is None for result in found)

    assert post(service, "/v1/models/rollback")["id"] == before == champion(service)
    replay = ended(service, post(service, f"/v1/jobs/{later}/results/5/replay"))
    told = get(service, f"/v1/jobs/{replay['id']}/replay")
    assert (told["same"], told["differences"]) == (True, [])
    assert told["then"]["model"] == told["again"]["model"] == model
    assert told["champion"]["model"] == before
    assert told["champion_agrees"] is (told["champion"]["tile"] == told["then"]["tile"])
