"""`python -m benchmarks.scaling`: what the service costs, and what a second worker brings.

`orrery solve` and three whole services solve the same pictures in turns, so that other work on the
machine hits all of them alike. Starting is not counted.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from unittest.mock import patch

import click

from benchmarks import fresh, record, throughput
from benchmarks.pictures import make
from cli.client import Client
from cli.console import note, table
from cli.embedded import running

#: Pictures that each service solves before it is measured.
WARM_UP = 16


@dataclass(frozen=True, slots=True)
class Round:
    """Puzzles a second: `orrery solve` on two threads, a worker of two, of one, and two of one."""

    solve: float
    service: float
    one: float
    two: float


@dataclass(frozen=True, slots=True)
class Scaling:
    """Every round, and medians over them: service over `orrery solve`, two workers over one."""

    pictures: int
    load: float
    rounds: tuple[Round, ...]
    service_over_solve: float
    two_over_one: float


def measure(pictures: Sequence[Path], rounds: int) -> Scaling:
    """Solve pictures in four ways, others each round: what a service has stored, it need not again.

    `load` is the machine's when that begins.
    """
    load, size = os.getloadavg()[0], (len(pictures) - WARM_UP) // rounds
    few, rest = pictures[:WARM_UP], pictures[WARM_UP:]
    batches = [rest[n * size : (n + 1) * size] for n in range(rounds)]
    with _service(1, 2, few) as wide, _service(1, 1, few) as one, _service(2, 1, few) as two:
        done = tuple(_round(batch, wide, one, two) for batch in batches)
    return Scaling(
        pictures=size,
        load=load,
        rounds=done,
        service_over_solve=median(it.service / it.solve for it in done),
        two_over_one=median(it.two / it.one for it in done),
    )


@contextmanager
def _service(workers: int, threads: int, few: Sequence[Path]) -> Iterator[Client]:
    with (
        tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder,
        patch.dict(os.environ, ORRERY_THREADS=str(threads)),
        running(Path(folder), workers) as address,
        Client(address.url, address.api_key) as client,
    ):
        throughput.rate(client, few)
        yield client


def _round(batch: Sequence[Path], wide: Client, one: Client, two: Client) -> Round:
    here = fresh.solve(batch, threads=2)
    made = Round(
        # What comes after the first answer: what came before it was the start.
        solve=(len(batch) - 1) / (here.seconds - here.first),
        service=throughput.rate(wide, batch),
        one=throughput.rate(one, batch),
        two=throughput.rate(two, batch),
    )
    note(", ".join(f"{name} {rate:.1f}" for name, rate in asdict(made).items()))
    return made


@click.command(epilog="\b\nExample:\n  python -m benchmarks.scaling --rounds 3")
@click.option("--pictures", "count", default=300, show_default=True, help="Pictures of a batch.")
@click.option("--rounds", default=3, show_default=True, help="Times that each way is taken.")
@click.option("--seed", default=1, show_default=True, help="Seed of the pictures.")
@record.out("scaling.json")
def scaling(count: int, rounds: int, seed: int, out: Path) -> None:
    """Hold the service against `orrery solve`, and two workers against one."""
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        note(f"making {rounds} times {count} pictures, seed {seed}")
        figures = measure(make(Path(name), WARM_UP + rounds * count, seed), rounds)
    ways = asdict(figures.rounds[0])
    table(
        ("puzzles/s", *(f"round {n}" for n in range(1, rounds + 1))),
        [(way, *(f"{getattr(it, way):.1f}" for it in figures.rounds)) for way in ways],
    )
    click.echo(f"service over orrery solve  {figures.service_over_solve:.2f}  (goal 0.9)")
    click.echo(f"two workers over one       {figures.two_over_one:.2f}  (goal 1.7)")
    record.write(asdict(figures), out)


if __name__ == "__main__":
    scaling()
