"""The whole service with the real solver: what it answers, and what it survives."""

import io
import json
import os
import signal
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.acceptance.service import KINDS, PATIENCE, ROOT, Service
from tests.servers import wait_until

Puzzles = list[tuple[str, bytes]]


def test_bad_pictures_get_an_error_each_and_the_rest_is_solved(
    service: Service, puzzles: Puzzles
) -> None:
    bad = [
        ("empty.png", b""),
        ("words.png", b"This is a shopping list, not a picture."),
        ("cut.jpg", _jpeg()[:400]),
        ("huge.png", _huge_png()),
        ("moving.gif", _gif()),
    ]
    found = service.wait(service.submit([*bad, *puzzles[:4]]))
    codes = [result["error"]["code"] if result["error"] else None for result in found]
    assert (
        codes
        == ["empty", "not_a_picture", "truncated", "too_large", "unsupported_format"] + [None] * 4
    )
    assert len({result["error"]["message"] for result in found[:5]}) == 5
    assert [result["image"] for result in found] == [name for name, _ in [*bad, *puzzles[:4]]]


def test_the_service_answers_bit_for_bit_as_the_command_line_does(
    service: Service, puzzles: Puzzles, folder_of_puzzles: Path
) -> None:
    served = service.wait(service.submit(puzzles))
    solve = [sys.executable, "-m", "cli", "solve", str(folder_of_puzzles), "--json"]
    run = subprocess.run(
        solve,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    here = {line["image"]: line for line in map(json.loads, run.stdout.splitlines())}
    fields = ("tile", "point", "digit", "confidence", "error")
    assert len(here) == len(served) == len(puzzles)
    for result in served:
        told = here[result["image"]]
        assert [result[field] for field in fields] == [told[field] for field in fields]
    assert all(result["error"] is None for result in served)


def test_a_first_job_is_carried_out_at_once(service: Service, puzzles: Puzzles) -> None:
    job_id = service.submit(puzzles[:1])
    service.wait(job_id)
    job = service.job(job_id)
    assert job["status"] == "succeeded"
    assert job["model"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_process_of_any_kind_costs_no_picture_its_result(
    service: Service, puzzles: Puzzles, kind: str
) -> None:
    job_id = service.submit(puzzles * 2)
    service.wait_for_start(job_id)
    victims = service.of_kind(kind)
    for victim in victims:
        os.kill(victim.pid, signal.SIGKILL)
    found = service.wait(job_id)
    assert [result["position"] for result in found] == list(range(2 * len(puzzles)))
    assert all(result["error"] is None for result in found)
    assert victims
    wait_until(lambda: len(service.of_kind(kind)) >= len(victims), f"a new {kind}")


def test_a_service_killed_in_the_middle_goes_on_where_it_was(
    service: Service, puzzles: Puzzles
) -> None:
    key = service.key
    job_id = service.submit(puzzles * 3)
    service.wait_for_start(job_id)
    service.kill()
    stale = service.folder / "metrics" / "counter_1.db"
    stale.touch()
    service.start()
    assert service.key == key
    assert service.client.get("/metrics").is_success
    assert list(stale.parent.glob("*.db"))
    assert not stale.exists()
    found = service.wait(job_id)
    assert [result["position"] for result in found] == list(range(3 * len(puzzles)))
    assert all(result["error"] is None for result in found)


def test_a_second_service_on_one_folder_is_refused(service: Service) -> None:
    second = subprocess.run(
        service.command(), capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert second.returncode == 2
    assert str(service.folder) in second.stderr
    assert "in use" in second.stderr


def test_a_port_that_is_taken_is_named(service: Service, tmp_path: Path) -> None:
    port = str(httpx.URL(str(service.client.base_url)).port)
    command = [sys.executable, "-m", "cli", "up", "--port", port, "--data", str(tmp_path / "new")]
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert second.returncode == 1
    assert port in second.stderr


def test_it_stops_in_order_under_load_and_leaves_nothing_behind(
    service: Service, puzzles: Puzzles
) -> None:
    job_id = service.submit(puzzles * 3)
    service.wait_for_start(job_id)
    assert service.stop() == 0
    wait_until(lambda: not service.running(), "the end of every process")
    secret = service.folder / "api-key"
    assert secret.stat().st_mode & 0o777 == 0o600
    service.start()
    assert len(service.wait(job_id)) == 3 * len(puzzles)


def _jpeg() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((1000, 400), 40).save(file, "JPEG")
    return file.getvalue()


def _gif() -> bytes:
    file = io.BytesIO()
    Image.new("P", (1000, 400)).save(file, "GIF")
    return file.getvalue()


def _huge_png() -> bytes:
    """A valid PNG of 30,000 by 30,000 pixels in a hundred kilobytes."""
    side = 30_000
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    parts = [(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
