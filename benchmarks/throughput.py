"""Pictures a second through a whole embedded service."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from cli.client import Client
from cli.embedded import running


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
