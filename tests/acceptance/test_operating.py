"""What an operator does with a running service: look at it, and copy it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from store import backups
from tests.acceptance.service import PATIENCE, ROOT, Service
from tests.servers import wait_until

Puzzles = list[tuple[str, bytes]]


def orrery(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "cli", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_the_doctor_finds_a_running_service_by_its_folder_and_nothing_wrong(
    service: Service,
) -> None:
    said: list[str] = []

    def nothing_wrong() -> bool:
        shown = orrery("doctor", "--data", str(service.folder), "--json")
        said.append(shown.stdout + shown.stderr)
        return shown.returncode == 0 and all(it["status"] == "ok" for it in lines(shown.stdout))

    # A part that was killed before is still on its way, and a busy one may not answer in time.
    wait_until(nothing_wrong, "finding nothing wrong", PATIENCE)
    found = {line["check"] for line in lines(said[-1])}
    assert {"database", "broker", "blobs", "model", "workers", "scheduler", "api"} <= found
    assert service.key not in "".join(said)


def lines(shown: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in shown.splitlines() if line.startswith("{")]


def test_one_request_is_found_in_the_logs_of_all_who_had_to_do_with_it(
    service: Service, puzzles: Puzzles
) -> None:
    files = [("images", puzzle) for puzzle in puzzles[:2]]
    headers = {"X-Request-ID": "operator-1"}
    job = service.client.post("/v1/jobs/solve", files=files, headers=headers).json()["id"]
    service.wait(job)

    def parts() -> set[str]:
        logs = (service.folder / "logs").glob("*.log")
        return {path.stem.split("-")[0] for path in logs if "operator-1" in path.read_text()}

    wait_until(lambda: parts() >= {"api", "worker"}, "the lines of the job")
    metrics = service.client.get("/metrics").text
    assert 'orrery_stage_duration_seconds_count{stage="solve"}' in metrics


def test_a_running_service_is_copied_whole(
    service: Service, puzzles: Puzzles, tmp_path: Path
) -> None:
    job = service.submit(puzzles)
    shown = orrery("backup", str(tmp_path / "copy"), "--data", str(service.folder))
    assert shown.returncode == 0, shown.stderr
    service.wait(job)
    made = backups.read(tmp_path / "copy")
    assert (made.jobs > 0, made.blobs >= len(puzzles), made.missing) == (True, True, ())
