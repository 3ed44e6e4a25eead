"""`python -m benchmarks`: both contenders on the same made pictures, each in its own process."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from benchmarks import report, throughput
from benchmarks.measure import Measurement
from cli.console import note


def make_pictures(folder: Path, count: int, seed: int) -> list[Path]:
    """A mixed batch of icons and fonts that no shipped model was trained on."""
    command = [sys.executable, "-P", "-m", "cli", "generate", str(folder)]
    options = ["--count", str(count), "--seed", str(seed), "--difficulty", "mix"]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.rglob("images/*"))


def contend(module: str, folder: Path, threads: int) -> Measurement:
    """Measure one contender in a fresh process that may use so many threads."""
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module, str(folder), str(threads)],
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
    )
    return Measurement(**json.loads(shown.stdout))


@click.command(epilog="\b\nExample:\n  python -m benchmarks --pictures 100 --threads 2")
@click.option("--pictures", default=100, show_default=True, help="Pictures for Orrery.")
@click.option("--baseline-pictures", default=12, show_default=True, help="Pictures for the slow.")
@click.option("--threads", default=2, show_default=True, help="Threads of each contender.")
@click.option("--seed", default=1, show_default=True, help="Seed of the pictures.")
@click.option(
    "--out",
    default=Path(".data/bench.json"),
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the results as JSON.",
)
def bench(pictures: int, baseline_pictures: int, threads: int, seed: int, out: Path) -> None:
    """Measure speed, latency and memory against the published pipeline's shape."""
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        folder = Path(name)
        note(f"making {pictures} pictures, seed {seed}")
        batch = make_pictures(folder / "all", pictures, seed)
        few = folder / "few" / "images"
        few.mkdir(parents=True)
        for path in batch[:baseline_pictures]:
            (few / path.name).hardlink_to(path)
        note("the published pipeline's shape")
        baseline = contend("benchmarks.published", few.parent, threads)
        note("orrery")
        ours = contend("benchmarks.orrery", folder / "all", threads)
        note("orrery solve")
        doors = {"orrery solve": throughput.command_line(batch)}
        note("orrery up")
        doors["service"] = throughput.service(batch)
    report.show(baseline, ours, doors)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report.record(baseline, ours, doors, threads), indent=2) + "\n")
    note(f"written to {out}")


if __name__ == "__main__":
    bench()
