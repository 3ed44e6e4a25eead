"""The shipped solver on hosts of their own, which get a model from the bucket alone."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solver.generate import draw
from solver.model_folder import CONFIG, DEFAULT, identify
from store import model_archive, results
from store.states import JobStatus
from tests.faults.fleet import PATIENCE
from tests.faults.shape import Shape
from tests.hosts.spread import Spread, spread
from tests.servers import wait_until

pytestmark = pytest.mark.timeout(4 * PATIENCE)

PUZZLES = 24
WORKERS = ("worker-0", "worker-1")
ZIP = {"Content-Type": "application/zip"}


@pytest.fixture(scope="module")
def fleet() -> Iterator[Spread]:
    """A worker on each of two hosts, with the solver that ships, in chunks of a few puzzles."""
    chosen = {"ORRERY_SOLVER": "solver:load_solver", "ORRERY_CHUNK_SIZE": "4"}
    # Nobody dies here: a lease may be as long as that of a real service.
    shape = Shape(workers=2, children=1, schedulers=1, lease=60.0, variables=chosen)
    with spread(shape) as running:
        yield running


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that no host has: the shipped one under another name."""
    folder = tmp_path_factory.mktemp("model") / "renamed"
    shutil.copytree(DEFAULT, folder)
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {"name": "renamed"}))
    return folder


def test_a_batch_is_solved_on_both_hosts_by_a_model_out_of_the_bucket(
    fleet: Spread, renamed: Path
) -> None:
    archive = io.BytesIO()
    model_archive.pack(renamed, archive)
    model = identify(renamed)
    fleet.client.post("/v1/models", content=archive.getvalue(), headers=ZIP).raise_for_status()
    fleet.client.post(f"/v1/models/{model}/promote").raise_for_status()
    puzzles = [draw(seed=11, index=index, difficulty="easy") for index in range(PUZZLES)]
    files = [("images", (f"{n:02}{it.extension}", it.data)) for n, it in enumerate(puzzles)]

    # A host that is slower than the other one gets its share of a later batch.
    jobs: list[str] = []
    wait_until(lambda: _both_solve(fleet, files, jobs), "a chunk on each host", PATIENCE)

    job_id = jobs[-1]
    with fleet.database.read() as session:
        found = list(results.stream(session, job_id))
    assert {result.model for result in found} == {model}
    right = sum(it.tile == puzzle.truth.answer for it, puzzle in zip(found, puzzles, strict=True))
    assert right >= PUZZLES - 1
    for name in WORKERS:
        assert (fleet.folder / f"data-{name}" / "models" / model / CONFIG).exists()


def _both_solve(fleet: Spread, files: list[Any], jobs: list[str]) -> bool:
    """Have a batch solved, which is noted; whether both hosts have taken part by now."""
    answer = fleet.client.post("/v1/jobs/solve", files=files).raise_for_status()
    jobs.append(answer.json()["id"])
    assert fleet.wait(jobs[-1]).status == JobStatus.SUCCEEDED
    return all("begins: pictures" in fleet.log(name) for name in WORKERS)
