"""Pictures a second through a whole embedded service."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from cli.client import ENDED, Client
from cli.embedded import running

#: Seconds between two looks at a job.
LOOK = 0.1


def service(pictures: Sequence[Path]) -> float:
    """Puzzles a second of a service of its own, which is up but has solved nothing yet."""
    with (
        tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder,
        running(Path(folder)) as address,
        Client(address.url, address.api_key) as client,
    ):
        return rate(client, pictures)


def rate(client: Client, pictures: Sequence[Path]) -> float:
    """Puzzles a second of a running service, from the first byte sent to the last result."""
    begin = time.perf_counter()
    job = client.submit(pictures)
    while job["status"] not in ENDED:
        time.sleep(LOOK)
        job = client.job(job["id"])
    seconds = time.perf_counter() - begin
    if job["status"] != "succeeded" or job["done"] != len(pictures):
        raise RuntimeError(f"the service did not finish: {job}")
    return len(pictures) / seconds
