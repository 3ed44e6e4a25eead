"""One retrain job over HTTP, in an embedded service of its own."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from time import sleep
from typing import Any

from benchmarks import record
from cli.client import Client
from cli.embedded import running
from cli.upload import Attachment, Upload
from solver.nets.graphs import make_graphs
from store import model_archive

#: Seconds between looks at what the service is doing.
LOOK = 1.0


def over_http(place: Path) -> Path:
    """Upload the dataset `place`/train, retrain on it, fetch the candidate; its folder."""
    model = place / "model"
    shutil.rmtree(model, ignore_errors=True)
    model.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory(prefix="orrery-bench-") as data,
        running(Path(data)) as address,
        Client(address.url, address.api_key) as client,
    ):
        dataset = uploaded(client, place / "train")
        job = _ended(client, client.post("/v1/jobs/retrain", {"dataset": dataset["id"]}))
        results = list(client.results(job["id"]))
        if job["status"] != "succeeded":
            raise RuntimeError(f"the retrain job did not succeed: {job}")
        _fetch(client, results[0]["model"], model)
    make_graphs(model)
    return model


def uploaded(client: Client, folder: Path) -> dict[str, Any]:
    """Upload a folder of labelled puzzles, and wait until it is checked."""
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        archive = shutil.make_archive(f"{name}/{folder.name}", "zip", folder)
        files = [Attachment("archive", f"{folder.name}.zip", Path(archive))]
        dataset = client.upload("/v1/datasets", Upload({"name": folder.name}, files))
    while dataset["status"] == "checking":
        sleep(LOOK)
        dataset = client.get(f"/v1/datasets/{dataset['id']}")
    return dataset


def _ended(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for a job and tell how far it is on standard error, at every new epoch."""
    told = record.Course()

    def show(now: dict[str, Any]) -> None:
        if now["progress"] is not None:
            told(now["progress"])

    return client.wait(job, show)


def _fetch(client: Client, model_id: str, folder: Path) -> None:
    """Export a model from the service into a folder."""
    with tempfile.TemporaryFile() as file:
        client.download(f"/v1/models/{model_id}/export", file)
        file.seek(0)
        model_archive.unpack(file, folder)
