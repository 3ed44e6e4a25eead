"""One retrain job over HTTP, in an embedded service of its own."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from time import sleep
from typing import Any

import httpx

from cli.client import Client
from cli.console import note
from cli.embedded import Address, running
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
        dataset = _uploaded(client, place / "train")
        job = _ended(client, client.post("/v1/jobs/retrain", {"dataset": dataset["id"]}))
        results = list(client.results(job["id"]))
        if job["status"] != "succeeded":
            raise RuntimeError(f"the retrain job did not succeed: {job}")
        _fetch(address, results[0]["model"], model)
    make_graphs(model)
    return model


def _uploaded(client: Client, folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        archive = shutil.make_archive(f"{name}/{folder.name}", "zip", folder)
        files = [Attachment("archive", f"{folder.name}.zip", Path(archive))]
        dataset = client.upload("/v1/datasets", Upload({"name": folder.name}, files))
    while dataset["status"] == "checking":
        sleep(LOOK)
        dataset = client.get(f"/v1/datasets/{dataset['id']}")
    return dataset


def _ended(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for a job and tell of its epochs on standard error."""
    told = None
    while job["status"] not in ("succeeded", "failed", "cancelled"):
        sleep(LOOK)
        job = client.job(job["id"])
        progress = job.get("progress") or {}
        if progress.get("loss") is not None and progress != told:
            told = progress
            shown = {name: progress.get(name) for name in ("stage", "done", "total", "loss")}
            note(json.dumps(shown))
    return job


def _fetch(address: Address, model_id: str, folder: Path) -> None:
    """Export a model from the service into a folder."""
    url = f"{address.url}/v1/models/{model_id}/export"
    headers = {"Authorization": f"Bearer {address.api_key}"}
    with tempfile.TemporaryFile() as file:
        with httpx.stream("GET", url, headers=headers, timeout=60) as answer:
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                file.write(piece)
        file.seek(0)
        model_archive.unpack(file, folder)
