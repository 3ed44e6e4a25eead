"""Labelled toys: datasets for the browser tests, and what is done with them over HTTP."""

import io
import json
import urllib.request
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.browser.service import Service
from tests.browser.toys import SEEN_SIZE, Toy, draw, icons
from tests.servers import PATIENCE, wait_until

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A toy, and what its label says in its place; a label that is None says what the toy does."""

    toy: Toy
    digit: int | None = None
    answer: int | None = None


def archive(several: Sequence[Labelled]) -> bytes:
    """A dataset as a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        tasks = [_task(number, one) for number, one in enumerate(several, 1)]
        packed.writestr("labels.json", json.dumps(tasks))
        for number, one in enumerate(several, 1):
            packed.writestr(f"images/{number}.png", draw(one.toy))
    return buffer.getvalue()


def upload(service: Service, name: str, several: Sequence[Labelled]) -> str:
    """Upload a dataset and wait until it is ready; its id."""
    found = call(service, f"/v1/datasets?name={name}", archive(several), "application/zip")
    dataset_id: str = found["id"]
    until_ready(service, dataset_id)
    return dataset_id


def until_ready(service: Service, dataset_id: str) -> None:
    """Wait until a dataset is checked."""
    path = f"/v1/datasets/{dataset_id}"
    wait_until(lambda: call(service, path)["status"] == "ready", "the check of a dataset")


def evaluate(service: Service, dataset_id: str) -> str:
    """Evaluate the champion on a dataset; the evaluation's id."""
    body = json.dumps({"dataset": dataset_id}).encode()
    until_over(service, call(service, "/v1/jobs/evaluate", body)["id"])
    found: str = call(service, f"/v1/evaluations?dataset={dataset_id}")["items"][0]["id"]
    return found


def until_over(service: Service, job_id: str) -> None:
    """Wait until a job has ended well."""
    path = f"/v1/jobs/{job_id}"
    wait_until(lambda: call(service, path)["status"] == "succeeded", "the end of a job")


def call(
    service: Service, path: str, body: bytes | None = None, kind: str = "application/json"
) -> Json:
    """Call the API as the administrator."""
    headers = {"Authorization": f"Bearer {service.key}"} | ({"Content-Type": kind} if body else {})
    request = urllib.request.Request(f"{service.url}{path}", body, headers)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        found: Json = json.load(answer)
    return found


def _task(number: int, one: Labelled) -> Json:
    digit, answer = one.digit or one.toy.digit, one.answer or one.toy.tile
    regions = [_region(str(digit), 28, 262, 38, 56)]
    regions += [_region("+", x - 14, y - 14, 28, 28) for x, y in icons(one.toy)]
    named = {"type": "choices", "from_name": "answer", "value": {"choices": [str(answer)]}}
    return {
        "id": number,
        "data": {"image": f"images/{number}.png"},
        "annotations": [{"was_cancelled": False, "result": [*regions, named]}],
    }


def _region(label: str, x: float, y: float, width: float, height: float) -> Json:
    across, down = SEEN_SIZE
    box = {
        "x": 100 * x / across,
        "y": 100 * y / down,
        "width": 100 * width / across,
        "height": 100 * height / down,
        "rotation": 0,
    }
    return {
        "type": "rectanglelabels",
        "original_width": across,
        "original_height": down,
        "value": box | {"rectanglelabels": [label]},
    }
