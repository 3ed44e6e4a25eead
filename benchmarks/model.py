"""`python -m benchmarks.model`: what stops a fleet of workers first, by what was measured here.

Every part of the service can do so many pictures a second: what it has of a thing in a second, by
what a picture takes of it. The least of them is what the fleet can do. The parts are taken for
independent, which favours none of them, and nothing is left for other work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks import record
from benchmarks.pieces import PICTURE, Carried, Pieces
from cli.console import table

#: Pictures a second of a worker, and of a chunk: two seconds of its work.
PACE, CHUNK = 20.0, 40
#: Seconds between two hellos of a worker.
HELLO = 10.0
#: Messages that a dispatcher sends in a round of a second.
BURST = 500.0
#: Bytes of a small copy of a picture.
COPY = 4000


@dataclass(frozen=True, slots=True)
class Site:
    """Where the service shall run: cores of the database, connections it takes, bits of the net."""

    cores: int = 16
    connections: int = 500
    network: float = 10e9


@dataclass(frozen=True, slots=True)
class Part:
    """What one part can do: pictures a second, so many workers' worth; and what helps."""

    name: str
    rate: float
    workers: float
    remedy: str


def parts(told: Mapping[str, Any], micro_batch: int, site: Site) -> list[Part]:
    """The parts by what they can do, the least first; `told`: what `benchmarks.curves` measured."""
    carried = {it["micro_batch"]: Carried(**it) for it in told["micro_batches"]}[micro_batch]
    pieces = Pieces(**told["pieces"])
    rates = {
        "the row of one job, where all work on one": (
            1 / (carried.locked + carried.transactions * pieces.commit),
            "larger micro-batches, or several jobs",
        ),
        "connections to the database": (
            PACE * site.connections / _connections(told["fleets"]),
            "a pooler such as PgBouncer before PostgreSQL",
        ),
        "the database's cores": (
            site.cores / carried.database,
            "larger micro-batches, more cores",
        ),
        "the database's journal": (
            pieces.written / carried.journal,
            "fewer indexes of results, a faster disk",
        ),
        "messages of one dispatcher": (
            CHUNK * min(BURST, pieces.messages),
            "chunks of more seconds, a larger burst",
        ),
        "the network of the picture store": (
            site.network / 8 / (PICTURE + COPY),
            "an object store, which has many",
        ),
        "signs of life": (PACE * HELLO * pieces.hellos, "none needed"),
    }
    found = [Part(name, rate, rate / PACE, remedy) for name, (rate, remedy) in rates.items()]
    return sorted(found, key=lambda part: part.rate)


def _connections(fleets: list[Mapping[str, Any]]) -> float:
    """Connections that one more worker has to the database."""
    first, last = fleets[0], fleets[-1]
    return int(last["connections"] - first["connections"]) / int(last["workers"] - first["workers"])


@click.command(epilog="\b\nExample:\n  python -m benchmarks.model --micro-batch 32 --cores 32")
@click.option(
    "--curves",
    default=Path(".data/curves.json"),
    show_default=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What python -m benchmarks.curves measured.",
)
@click.option("--micro-batch", default=8, show_default=True, help="Pictures of a micro-batch.")
@click.option("--cores", default=16, show_default=True, help="Cores of the database.")
@click.option("--connections", default=500, show_default=True, help="Connections it takes.")
@record.out("model.json")
def model(curves: Path, micro_batch: int, cores: int, connections: int, out: Path) -> None:
    """Say what each part of the service can do, in pictures a second and in workers."""
    told = json.loads(curves.read_text("utf-8"))
    found = parts(told, micro_batch, Site(cores, connections))
    table(
        ("part", "pictures/s", "workers", "what helps"),
        [(part.name, round(part.rate), round(part.workers), part.remedy) for part in found],
    )
    record.write([asdict(part) for part in found], out)


if __name__ == "__main__":
    model()
