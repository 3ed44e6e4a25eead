"""The logs of real processes: by one request id the whole way of its job."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from store import datasets, keys, tallies
from store.datasets import NewImage
from tests.integration.worker.farm import Farm
from tests.servers import PATIENCE, answers, free_port, wait_until

Line = dict[str, Any]


@dataclass(frozen=True)
class Address:
    """Where the API listens, and what may be asked of it."""

    url: str
    key: str
    dataset: str


@pytest.fixture
def address(farm: Farm) -> Iterator[Address]:
    """The API over a farm, with a dataset of six pictures."""
    port = free_port()
    process = farm.start("api", "--port", str(port), "--workers", "1")
    url = f"http://127.0.0.1:{port}"
    with farm.database.begin() as session:
        row, key = keys.create(session, "logs", ["submit"])
        pictures = [NewImage(f"{n}.png", farm.blobs.put(f"tile 1 #{n}".encode())) for n in range(6)]
        labels = farm.blobs.put(b"[]")
        dataset = datasets.create(session, row.id, "six", "v1", labels, pictures)
    wait_until(lambda: answers(f"{url}/healthz"), "the API's start")
    yield Address(url, key, dataset.id)
    process.terminate()
    process.wait(PATIENCE)


def lines(folder: Path, part: str) -> list[Line]:
    """All that a part logged."""
    text = (folder / f"{part}.log").read_text()
    # A process that was ended for taking too long leaves its stack as it is.
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_one_request_id_leads_through_the_logs_of_api_worker_and_end(
    farm: Farm, address: Address
) -> None:
    sent = httpx.post(
        f"{address.url}/v1/jobs/solve",
        headers={"Authorization": f"Bearer {address.key}", "X-Request-ID": "batch-42"},
        json={"dataset": address.dataset},
        timeout=PATIENCE,
    )
    assert (sent.status_code, sent.headers["X-Request-ID"]) == (202, "batch-42")
    job_id = sent.json()["id"]
    farm.wait(job_id)

    here = [line for line in lines(farm.folder, "api") if line.get("request_id") == "batch-42"]
    there = [line for line in lines(farm.folder, "worker") if line.get("request_id") == "batch-42"]
    assert {line["event"] for line in here} == {"job accepted", "request"}
    assert {line["part"] for line in here} == {"api"}
    assert {line["job_id"] for line in [*here, *there] if "job_id" in line} == {job_id}
    begun = [line for line in there if "begins" in line["event"]]
    assert {line["chunk_id"] for line in begun} == set(farm.chunk_ids(job_id))
    assert all(line["worker"].startswith(socket.gethostname()) for line in begun)
    # Whoever comes first ends the job: a worker, or the scheduler.
    told = [*lines(farm.folder, "worker"), *lines(farm.folder, "beat")]
    ended = [line for line in told if (line["event"], line.get("job_id")) == ("job ended", job_id)]
    assert [line["request_id"] for line in ended] == ["batch-42"]
    assert address.key not in "".join(path.read_text() for path in farm.folder.glob("*.log"))


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", 'a"b', "ä"])
def test_a_request_id_that_is_not_sane_is_replaced(farm: Farm, sent: str) -> None:
    from api import create_app

    answer = create_app(farm.settings).test_client().get("/healthz", headers={"X-Request-ID": sent})
    assert len(answer.headers["X-Request-ID"]) == 32


def test_dispatcher_and_servers_speak_json_too(farm: Farm, address: Address) -> None:
    farm.wait(farm.submit(["tile 1"] * 3, publish=False))

    def told() -> bool:
        return any(line["event"].startswith("sent to") for line in lines(farm.folder, "beat"))

    # A worker may be done with a chunk before the dispatcher says that it sent it.
    wait_until(told, "the dispatcher's line")
    assert {line["logger"] for line in lines(farm.folder, "api")} >= {"gunicorn.error"}
    for part in ("api", "beat"):
        text = (farm.folder / f"{part}.log").read_text().splitlines()
        assert {json.loads(line)["part"] for line in text} == {part}


def test_what_workers_do_is_counted_with_what_they_record(farm: Farm) -> None:
    def counted(name: str) -> tuple[float, dict[str, float]]:
        with farm.database.read() as session:
            found = tallies.totals(session)
        stages = tallies.distributions(found, tallies.STAGE)
        sizes = tallies.distributions(found, tallies.BATCH)
        return tallies.counts(found, tallies.RESULTS).get(name, 0), {
            "pictures": sum(it.total for it in sizes.values()),
            "solve": stages["solve"].buckets[-1][1] if stages else 0,
        }

    answered, before = counted("solve/answered")
    farm.wait(farm.submit(["tile 1"] * 5 + ["bad"]))
    now, after = counted("solve/answered")
    assert now - answered == 5
    assert after["pictures"] - before["pictures"] == 6
    # Chunks of four, micro-batches of two.
    assert after["solve"] - before["solve"] == 3
