"""Pictures a second through the two front doors: `orrery solve`, and a whole embedded service."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from cli.client import Client
from cli.embedded import running


def command_line(pictures: Sequence[Path]) -> float:
    """Puzzles a second of `orrery solve FILE… --json`, its start included."""
    begin = time.perf_counter()
    command = [sys.executable, "-P", "-m", "cli", "solve", "--json", *map(str, pictures)]
    shown = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    if len(shown.stdout.splitlines()) != len(pictures):
        raise RuntimeError("`orrery solve` left out a picture")
    return len(pictures) / (time.perf_counter() - begin)


def service(pictures: Sequence[Path]) -> float:
    """Puzzles a second from the first byte sent to the last result, the service being up."""
    with (
        tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder,
        running(Path(folder)) as address,
        Client(address.url, address.api_key) as client,
    ):
        begin = time.perf_counter()
        job = client.wait(client.submit(pictures))
        seconds = time.perf_counter() - begin
    if job["status"] != "succeeded" or job["done"] != len(pictures):
        raise RuntimeError(f"the service did not finish: {job}")
    return len(pictures) / seconds
