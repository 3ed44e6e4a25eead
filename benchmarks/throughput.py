"""Pictures a second through a whole embedded service."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cli.client import Client
from cli.embedded import running


def service(pictures: Sequence[Path]) -> float:
    """Puzzles a second of a service of its own, which is up but has solved nothing yet."""
    with (
        tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder,
        running(Path(folder)) as address,
        Client(address.url, address.api_key) as client,
    ):
        return rate(client, pictures)


def rate(client: Client, pictures: Sequence[Path]) -> float:
    """Puzzles a second of a service of this machine, from the first byte sent to the last result.

    The service tells when that was: looking often would take time from it.
    """
    begin = datetime.now(UTC)
    job = client.wait(client.submit(pictures))
    if job["status"] != "succeeded" or job["done"] != len(pictures):
        raise RuntimeError(f"the service did not finish: {job}")
    return len(pictures) / (datetime.fromisoformat(job["finished_at"]) - begin).total_seconds()
