"""`python -m benchmarks.compare OLD NEW`: what became better or worse between two runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from benchmarks import figure
from benchmarks.figure import Figure
from cli.console import note, table

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog="\b\nExample:\n  python -m benchmarks.compare before.json .data/bench.json")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--worse", default=1.25, show_default=True, help="Times worse that is told of.")
def compare(old: Path, new: Path, worse: float) -> None:
    """Hold two runs of `make bench` against each other; exit status 1 where a figure got worse."""
    before, after = (json.loads(path.read_text("utf-8")) for path in (old, new))
    for told in (before, after):
        note(f"{told['at']}, commit {told['commit']}, load {told['machine']['load'][0]:.1f}")
    if before["machine"]["processor"] != after["machine"]["processor"]:
        note("on different processors: only ratios to the baselines compare")
    pairs = _pairs(before, after)
    table(
        ("group", "figure", "unit", "old", "new", "times better"),
        [(a.group, a.name, a.unit, a.measured, b.measured, _better(a, b)) for a, b in pairs],
    )
    fallen = [f"{b.group}: {b.name}" for a, b in pairs if _better(a, b) < 1 / worse]
    if fallen:
        note("\n".join([f"more than {worse:g} times worse:", *fallen]))
    raise SystemExit(1 if fallen else 0)


def _pairs(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[Figure, Figure]]:
    """The figures that both runs have."""
    known = {(it.group, it.name): it for it in figure.read(before)}
    both = [it for it in figure.read(after) if (it.group, it.name) in known]
    return [(known[it.group, it.name], it) for it in both]


def _better(old: Figure, new: Figure) -> float:
    if old.measured == 0 or new.measured == 0:
        return 1.0
    return new.measured / old.measured if new.more else old.measured / new.measured


if __name__ == "__main__":
    compare()
