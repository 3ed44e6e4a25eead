"""Kills a training again and again: `python -m benchmarks.retrain_kills --kills 50`.

Starts `orrery up`, uploads generated puzzles, submits one retrain job, kills the pool process that
trains at random moments, and checks what is promised: the champion is never touched, the job
ends, and there is one candidate.
"""

import argparse
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from solver.generate import write_dataset

#: Seconds that a kill may come after the last one.
SOONEST, LATEST = 0.5, 6.0
#: Seconds until a process that takes a killed one's place is surely at work.
START = 12.0
#: Seconds that the job has to end once nobody kills any more.
PATIENCE = 1_800.0


def main() -> None:
    """Run the campaign and print one line of JSON; the exit status is 1 where a promise broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--puzzles", type=int, default=60)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="orrery-kills-") as name:
        found = _campaign(Path(name), asked)
    print(json.dumps(found))
    sys.exit(0 if found["kept"] else 1)


def _campaign(folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    data = folder / "data"
    write_dataset(folder / "puzzles", asked.puzzles, seed=asked.seed, difficulty="easy")
    process = _up(data)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        headers = {"Authorization": f"Bearer {told['api_key']}"}
        with httpx.Client(base_url=told["url"], headers=headers, timeout=60) as client:
            return _run(client, data, folder / "puzzles", asked)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _up(data: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli", "up", "--json", "--port", "0", "--data", str(data)]
    own = {name: value for name, value in os.environ.items() if not name.startswith("ORRERY_")}
    own |= {"ORRERY_LEASE_SECONDS": "6"}
    return subprocess.Popen(
        [*command, "--workers", "1"], env=own, stdout=subprocess.PIPE, text=True
    )


def _run(
    client: httpx.Client, data: Path, puzzles: Path, asked: argparse.Namespace
) -> dict[str, Any]:
    dataset = _uploaded(client, puzzles)
    before = _models(client)
    body = {"dataset": dataset, "epochs": asked.epochs, "name": "killed", "promote": False}
    answer = client.post("/v1/jobs/retrain", json=body)
    answer.raise_for_status()
    job_id, started = answer.json()["id"], time.monotonic()
    kills, moments = _kill(client, data, job_id, asked)
    job = _wait(lambda: _job(client, job_id), lambda it: it.get("finished_at") is not None)
    after = _models(client)
    new = {model: state for model, state in after.items() if model not in before}
    untouched = {model: after.get(model) for model in before} == before
    ended = job["status"] == "succeeded"
    return {
        "kept": untouched and ended and list(new.values()) == ["candidate"],
        "kills": kills,
        "at": moments,
        "status": job["status"],
        "error": job["error"],
        "candidates": len(new),
        "champion untouched": untouched,
        "seconds": round(time.monotonic() - started, 1),
    }


def _kill(
    client: httpx.Client, data: Path, job_id: str, asked: argparse.Namespace
) -> tuple[int, dict[str, int]]:
    """Kill the process that trains, at random moments; how often, and in which stages."""
    rng = random.Random(asked.seed)
    kills, moments, job = 0, dict[str, int](), _job(client, job_id)
    while kills < asked.kills:
        job = _at_work(client, job_id, job)
        time.sleep(rng.uniform(SOONEST, LATEST))
        job = _job(client, job_id)
        if job.get("finished_at") is not None:
            break
        stage = (job.get("progress") or {"stage": "start"})["stage"]
        for pid in _pool(data):
            os.kill(pid, signal.SIGKILL)
            kills += 1
            moments[stage] = moments.get(stage, 0) + 1
    return kills, moments


def _at_work(client: httpx.Client, job_id: str, before: dict[str, Any]) -> dict[str, Any]:
    """Wait until the new process tells of a step, but no longer than it takes to start."""
    deadline = time.monotonic() + START
    while (job := _job(client, job_id))["progress"] == before["progress"]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.2)
    return job


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


def _job(client: httpx.Client, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").raise_for_status().json()
    return found


def _models(client: httpx.Client) -> dict[str, str]:
    listed = client.get("/v1/models").raise_for_status().json()["items"]
    return {model["id"]: model["state"] for model in listed}


def _uploaded(client: httpx.Client, puzzles: Path) -> str:
    """Upload a folder of puzzles and wait until it is ready."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(path for path in puzzles.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(puzzles))
    answer = client.post(
        "/v1/datasets", content=file.getvalue(), headers={"Content-Type": "application/zip"}
    )
    found: str = answer.raise_for_status().json()["id"]
    _wait(
        lambda: client.get(f"/v1/datasets/{found}").raise_for_status().json(),
        lambda it: it["status"] == "ready",
    )
    return found


def _wait(
    look: Callable[[], dict[str, Any]], enough: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE
    while not enough(found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"this did not come to its end: {found}")
        time.sleep(0.2)
    return found


if __name__ == "__main__":
    main()
