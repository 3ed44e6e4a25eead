"""`python -m benchmarks`: every figure of speed and memory beside its baseline, in one file.

Each benchmark runs as a process of its own, one after the other, and small enough for all of them
to end within twenty minutes on two cores that have nothing else to do.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks import digest, figure, record
from benchmarks.figure import Figure
from cli.console import note, table


@dataclass(frozen=True, slots=True)
class Part:
    """A benchmark: its module, how it is called here, and what its JSON says in figures."""

    module: str
    options: tuple[str, ...]
    digest: Callable[[Any], Iterator[Figure]]


PARTS = (
    Part("contest", (), digest.contest),
    Part("scaling", ("--pictures", "100", "--rounds", "2"), digest.scaling),
    Part("pages", ("--results", "30000", "--times", "3"), digest.pages),
    Part("curves", ("--largest", "1000"), digest.curves),
    Part("growth", ("--results", "10000,1000000"), digest.growth),
)


def run(part: Part, folder: Path) -> Any:
    """Run a benchmark, which may say by its exit status that a bound was missed; its JSON."""
    out = folder / f"{part.module}.json"
    command = [sys.executable, "-m", f"benchmarks.{part.module}", *part.options, "--out", str(out)]
    status = subprocess.run(command, check=False, stdout=sys.stderr).returncode
    if not out.exists():
        raise click.ClickException(f"benchmarks.{part.module} ended with status {status}")
    return json.loads(out.read_text("utf-8"))


def show(figures: Sequence[Figure]) -> None:
    """Print every figure beside its baseline."""
    heads = ("group", "figure", "unit", "baseline", "", "here", "times better")
    table(
        heads,
        [
            (it.group, it.name, it.unit, it.beside, it.baseline, it.measured, it.ratio)
            for it in figures
        ],
    )


@click.command(epilog="\b\nExample:\n  python -m benchmarks --only contest,scaling")
@click.option("--only", default="", help="Some of: contest, scaling, pages, curves, growth.")
@record.out("bench.json")
def bench(only: str, out: Path) -> None:
    """Measure everything that docs/results.md says of speed and memory."""
    chosen = [part for part in PARTS if not only or part.module in only.split(",")]
    parts: dict[str, Any] = {}
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder:
        for part in chosen:
            note(f"benchmarks.{part.module}")
            parts[part.module] = run(part, Path(folder))
    figures = [it for part in chosen for it in part.digest(parts[part.module])]
    show(figures)
    record.write(figure.run(figures, parts, time.monotonic() - begin), out)


if __name__ == "__main__":
    bench()
