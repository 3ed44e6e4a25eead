"""A training, held up for as long as a test likes, beside the one worker that solves."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solver.generate import write_dataset
from tests.acceptance.gate import Gate
from tests.acceptance.service import Service
from tests.servers import wait_until
from worker.standing import NICENESS

Puzzles = list[tuple[str, bytes]]

#: Seconds that a trainer may take for a step: it gives way to all else that the machine does.
PATIENCE = 240

pytestmark = pytest.mark.timeout(4 * PATIENCE)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service of one worker."""
    started = Service(tmp_path_factory.mktemp("apart") / "data", workers=1)
    started.start()
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def dataset(service: Service, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A few labelled puzzles that the service has checked."""
    folder = tmp_path_factory.mktemp("labelled") / "few"
    write_dataset(folder, 4, seed=5, difficulty="easy")
    archive = shutil.make_archive(str(folder), "zip", folder)
    files = {"archive": ("few.zip", Path(archive).read_bytes())}
    made = service.client.post("/v1/datasets", data={"name": "few"}, files=files).json()
    address = f"/v1/datasets/{made['id']}"
    wait_until(lambda: service.client.get(address).json()["status"] == "ready", "the check")
    return made | {"folder": folder}


def test_a_trainer_without_work_is_there_has_no_model_and_gives_way(service: Service) -> None:
    metrics = service.client.get
    wait_until(lambda: "orrery_trainers 1" in metrics("/metrics").text, "its hello", PATIENCE)
    trainers = [it.pid for it in service.of_kind("pool child") if _trains(it.pid)]
    assert trainers
    for pid in trainers:
        libraries = Path(f"/proc/{pid}/maps").read_text()
        assert not {name for name in ("openvino", "torch", "cv2") if name in libraries}
        assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, os.nice(0) + NICENESS)


def _trains(pid: int) -> bool:
    return b"ORRERY_QUEUES=train\0" in Path(f"/proc/{pid}/environ").read_bytes()


def test_pictures_are_solved_while_a_training_goes_on(
    service: Service, dataset: dict[str, Any], puzzles: Puzzles
) -> None:
    labelled = next((dataset["folder"] / "images").iterdir())
    gate = Gate(service.folder / "blobs", labelled.read_bytes())
    training = service.client.post("/v1/jobs/retrain", json={"dataset": dataset["id"]}).json()
    wait_until(gate.reached, "a training that reads its pictures", PATIENCE)
    found = service.wait(service.submit(puzzles))
    assert all(result["error"] is None for result in found)
    assert service.job(training["id"])["status"] == "running"
    service.client.post(f"/v1/jobs/{training['id']}/cancel")
    gate.open()
    service.wait(training["id"], PATIENCE)
