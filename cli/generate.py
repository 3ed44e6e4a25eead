"""`orrery generate`: a labelled dataset of made-up puzzles."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.console import note, progress, write_json

if TYPE_CHECKING:
    from solver.generate import Assets, Styles


@click.command(
    epilog="\b\nExample:\n  orrery generate puzzles --count 200 --seed 7 --difficulty medium"
)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--count", type=click.IntRange(min=1), required=True, help="How many puzzles.")
@click.option(
    "--seed",
    type=click.IntRange(0, (1 << 63) - 1),
    default=0,
    show_default=True,
    envvar="ORRERY_SEED",
    help="The same seed gives the same bytes.",
)
@click.option(
    "--difficulty",
    type=click.Choice(["easy", "medium", "hard", "mix"]),
    default="mix",
    show_default=True,
    envvar="ORRERY_DIFFICULTY",
    help="From clean and roomy to crowded, faint and noisy; mix: a third each.",
)
@click.option(
    "--label-noise",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="P",
    envvar="ORRERY_LABEL_NOISE",
    help="How likely a puzzle's label is wrong; truth.jsonl tells which are.",
)
@click.option(
    "--assets",
    type=click.Choice(["held-out", "train", "all"]),
    default="held-out",
    show_default=True,
    envvar="ORRERY_ASSETS",
    help="Icons and fonts that the shipped model never saw, those it did, or both.",
)
@click.option(
    "--styles",
    type=click.Choice(["train", "held-out", "all"]),
    default="train",
    show_default=True,
    envvar="ORRERY_STYLES",
    help="Backgrounds, badges, suns, orbits, colours and hints of the kinds that the shipped model "
    "saw, of kinds it never did, or both.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=None,
    metavar="N",
    envvar="ORRERY_GENERATE_WORKERS",
    help="Processes; the result does not depend on it.  [default: one a core]",
)
@options.as_json
def generate(
    out: Path,
    count: int,
    seed: int,
    difficulty: str,
    label_noise: float,
    assets: "Assets",
    styles: "Styles",
    workers: int | None,
    as_json: bool,
) -> None:
    """Make a labelled dataset in the folder OUT.

    OUT must be empty or not exist. It gets images/, labels.json (as Label Studio exports it) and
    truth.jsonl (everything that is true of each puzzle, one JSON object a line).
    """
    from solver.generate import write_dataset

    processes = workers or _processes(count)
    with progress("generating", count) as done:
        write_dataset(out, count, seed, difficulty, label_noise, assets, processes, done, styles)
    if as_json:
        write_json({"dataset": str(out), "puzzles": count, "seed": seed})
    note(f"{count} puzzles in {out}")


def _processes(count: int) -> int:
    """One a core, but none for so few puzzles that starting it takes longer than drawing them."""
    return max(1, min(len(os.sched_getaffinity(0)), count // 20))
