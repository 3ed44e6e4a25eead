"""`python -m benchmarks.contest`: both contenders on the same pictures, each in its own process."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks import fresh, record, report, throughput
from benchmarks.measure import Comparison, Measurement
from benchmarks.pictures import make
from cli.console import note
from solver.model_folder import DEFAULT


def contend(module: str, folder: Path, threads: int) -> Measurement:
    """Measure one contender in a fresh process that may use so many threads."""
    return Measurement(**_told(module, folder, threads))


def runtimes() -> list[Comparison]:
    """Each net in the runtime and in torch."""
    return [Comparison(**line) for line in _told("benchmarks.runtimes", DEFAULT, 1)]


def _told(module: str, folder: Path, threads: int) -> Any:
    """What a module says in a fresh process."""
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module, str(folder), str(threads)],
        check=True,
        stdout=subprocess.PIPE,
        # Threads that wait asleep: on a busy machine spinning ones would hold each other up.
        env={**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"},
    )
    return json.loads(shown.stdout)


@click.command(epilog="\b\nExample:\n  python -m benchmarks.contest --pictures 100 --threads 2")
@click.option("--pictures", default=100, show_default=True, help="Pictures for Orrery.")
@click.option("--baseline-pictures", default=8, show_default=True, help="Pictures for the slow.")
@click.option("--threads", default=2, show_default=True, help="Threads of each contender.")
@click.option("--seed", default=1, show_default=True, help="Seed of the pictures.")
@record.out("contest.json")
def contest(pictures: int, baseline_pictures: int, threads: int, seed: int, out: Path) -> None:
    """Measure speed, latency and memory against the published pipeline's shape."""
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        folder = Path(name)
        note(f"making {pictures} pictures, seed {seed}")
        batch = make(folder / "all", pictures, seed)
        few = folder / "few" / "images"
        few.mkdir(parents=True)
        for path in batch[:baseline_pictures]:
            (few / path.name).hardlink_to(path)
        note("the published pipeline's shape")
        baseline = contend("benchmarks.published", few.parent, threads)
        note("orrery")
        ours = contend("benchmarks.orrery", folder / "all", threads)
        note("orrery solve")
        first, whole = fresh.start(batch[0], threads), fresh.solve(batch, threads)
        note("orrery up")
        rate = throughput.service(batch)
        note("the runtime and torch")
        nets = runtimes()
    weights = sum(file.stat().st_size for file in DEFAULT.iterdir()) / 1e6
    ratio = ours.puzzles_per_second / baseline.puzzles_per_second
    goals = report.goals(ratio, first, whole.peak_memory, weights)
    doors = {"orrery solve": len(batch) / whole.seconds, "service": rate}
    report.show(baseline, ours, doors)
    report.show_nets(nets)
    report.show_goals(goals)
    figures = report.record(baseline, ours, doors, threads, nets=nets, goals=goals)
    record.write(figures, out)


if __name__ == "__main__":
    contest()
