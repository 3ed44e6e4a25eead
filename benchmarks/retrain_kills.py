"""Kills trainings again and again: `python -m benchmarks.retrain_kills --kills 50`.

Starts the service, uploads generated puzzles, submits retrain jobs one after the other, and kills
the process that trains, until that happened often enough; the last job then ends undisturbed.
What is promised: no job touches the champion, each ends, and each leaves one candidate.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from benchmarks.retrain_job import uploaded
from cli.client import ENDED, Client
from cli.console import note
from cli.embedded import running
from solver.generate import write_dataset

T = TypeVar("T")

#: Of the kills, the share that hits a process before it tells of its first step.
STARTING = 0.2
#: Seconds that a process lives at most: before it tells of its first step, and after.
START, WORK = 8.0, 15.0
#: Seconds between looks at the service, and until waiting for something is given up.
LOOK, PATIENCE = 0.2, 900.0


@dataclass(slots=True)
class Campaign:
    """The kills so far, by the stage in which they came, and the jobs."""

    client: Client
    data: Path
    dataset: str
    epochs: int
    kills: int
    rng: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    jobs: list[dict[str, Any]] = field(default_factory=list)

    def run(self) -> None:
        """Train and kill until there were enough kills, and wait for the end of the last job."""
        while self.killed.total() < self.kills:
            number = len(self.jobs)
            asked = {"dataset": self.dataset, "epochs": self.epochs, "seed": number}
            named = {"name": f"killed-{number}", "promote": False}
            job = self.client.post("/v1/jobs/retrain", asked | named)
            while self.killed.total() < self.kills and not self._ended(job):
                self._kill(job)
            self.jobs.append(_await(partial(self.client.job, job["id"]), _has_ended))
            note(f"job {number} {self.jobs[-1]['status']}; kills so far: {dict(self.killed)}")

    def _ended(self, job: dict[str, Any]) -> bool:
        return _has_ended(self.client.job(job["id"]))

    def _kill(self, job: dict[str, Any]) -> None:
        """Kill the process that trains once, at a random moment of its life."""
        [pid] = _await(lambda: list(_pool(self.data)), lambda found: len(found) == 1)
        told = (self.client.job(job["id"])["progress"] or {}).get("at")
        starting = self.rng.random() < STARTING
        if not starting:
            _await(lambda: self.client.job(job["id"]), lambda it: _told(it, told))
        time.sleep(self.rng.uniform(0, START if starting else WORK))
        now = self.client.job(job["id"])
        if not _has_ended(now) and pid in _pool(self.data):
            os.kill(pid, signal.SIGKILL)
            self.killed["start" if not _told(now, told) else now["progress"]["stage"]] += 1


@click.command(epilog="\b\nExample:\n  python -m benchmarks.retrain_kills --kills 50")
@click.option("--kills", default=50, show_default=True, help="Kills, over several jobs.")
@click.option("--puzzles", default=60, show_default=True, help="Labelled puzzles.")
@click.option("--epochs", default=12, show_default=True, help="Epochs of each job.")
@click.option("--seed", default=0, show_default=True, help="Of puzzles and moments.")
def retrain_kills(kills: int, puzzles: int, epochs: int, seed: int) -> None:
    """Kill the process that trains, and see that the service keeps its promises.

    Prints one line of JSON; the exit status is 1 where a promise broke.
    """
    os.environ["ORRERY_LEASE_SECONDS"] = "6"
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orrery-kills-") as name:
        place, data = Path(name, "puzzles"), Path(name, "data")
        write_dataset(place, puzzles, seed=seed)
        with running(data, 1) as address, Client(address.url, address.api_key) as client:
            dataset = uploaded(client, place)["id"]
            before = _models(client)
            campaign = Campaign(client, data, dataset, epochs, kills, random.Random(seed))
            campaign.run()
            found = _judged(campaign, before)
    found["seconds"] = round(time.monotonic() - began)
    click.echo(json.dumps(found))
    click.get_current_context().exit(0 if found["kept"] else 1)


def _judged(campaign: Campaign, before: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """What came of the promises, from the registry as it was and as it is."""
    after, client = _models(campaign.client), campaign.client
    made = {model: client.get(f"/v1/models/{model}") for model in after if model not in before}
    per_job = Counter(model["job"] for model in made.values())
    statuses = [job["status"] for job in campaign.jobs]
    candidates = [per_job[job["id"]] for job in campaign.jobs]
    untouched = {model: after.get(model) for model in before} == before
    fine = all(model["state"] == "candidate" for model in made.values())
    ended = set(statuses) == {"succeeded"} and set(candidates) == {1}
    return {
        "kept": fine and ended and untouched,
        "kills": campaign.killed.total(),
        "at": dict(campaign.killed),
        "jobs": statuses,
        "errors": [job["error"] for job in campaign.jobs if job["error"]],
        "candidates": candidates,
        "champion untouched": untouched,
    }


def _models(client: Client) -> dict[str, tuple[str, str]]:
    """The state of each model, and a hash of its archive."""
    return {
        model["id"]: (model["state"], _archive(client, model["id"]))
        for model in client.pages("/v1/models")
    }


def _archive(client: Client, model_id: str) -> str:
    with tempfile.TemporaryFile() as file:
        client.download(f"/v1/models/{model_id}/export", file)
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pool(data: Path) -> Iterator[int]:
    """The processes of the worker's pool."""
    marker = f"ORRERY_DATA_DIR={data.absolute()}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if marker in variables and b"spawn_main" in command:
            yield int(process.name)


def _has_ended(job: dict[str, Any]) -> bool:
    return job["status"] in ENDED


def _told(job: dict[str, Any], before: str | None) -> bool:
    """Whether a training told of a step since then, or is over."""
    return _has_ended(job) or (job["progress"] or {}).get("at") != before


def _await(look: Callable[[], T], enough: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + PATIENCE
    while not enough(found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"this did not come to its end: {found}")
        time.sleep(LOOK)
    return found


if __name__ == "__main__":
    retrain_kills()
