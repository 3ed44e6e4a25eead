"""`python -m benchmarks.retrain`: what one retrain job gives back in a domain it never saw."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from benchmarks import record
from benchmarks.retrain_job import over_http
from cli.console import note
from solver import load_solver
from solver.dataset import Dataset, read
from solver.evaluation import Outcome, Summary, evaluate
from solver.evaluation.paired import Paired, compare

#: The three datasets: what is retrained on, what it is judged by, and what must not be lost.
TRAIN, FRESH, KNOWN = "train", "fresh", "known"

#: The figures of the table.
SHOWN = ("accuracy", "digit_accuracy", "match_roc_auc", "match_top1", "calibration_error")


@dataclass(frozen=True, slots=True)
class Judged:
    """A model on one dataset."""

    summary: Summary
    outcomes: Sequence[Outcome]


@click.command(epilog="\b\nExample:\n  python -m benchmarks.retrain --train 200 --fresh 300")
@click.option("--train", default=200, show_default=True, help="Labelled puzzles to train on.")
@click.option("--fresh", default=300, show_default=True, help="Puzzles of that domain to judge by.")
@click.option("--known", default=200, show_default=True, help="Puzzles of the trained styles.")
@click.option(
    "--seed", default=8100, show_default=True, help="Seed of the puzzles; three are used."
)
@click.option("--here", is_flag=True, help="Train in this process, without the service.")
@record.folder
@record.out("retrain.json")
def retrain(
    train: int, fresh: int, known: int, seed: int, here: bool, folder: Path | None, out: Path
) -> None:
    """Judge the shipped model in a shifted domain, retrain it there once, judge it again.

    The domain is that of styles, icons and faces that no shipped net was trained on.
    """
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        place = folder or Path(name)
        sets = {
            TRAIN: drawn(place / TRAIN, train, seed, "held-out"),
            FRESH: drawn(place / FRESH, fresh, seed + 1, "held-out"),
            KNOWN: drawn(place / KNOWN, known, seed + 2, "train"),
        }
        before = judged(None, sets)
        begin = time.monotonic()
        made = (in_this_process if here else over_http)(place)
        minutes = (time.monotonic() - begin) / 60
        after = judged(made, sets)
    figures = {
        "before": _plain(before),
        "after": _plain(after),
        "paired": {name: asdict(_paired(before, after, name)) for name in before},
        "recovered": recovered(before, after),
        "minutes": minutes,
    }
    _show(before, after, figures)
    record.write(figures, out)


def drawn(folder: Path, count: int, seed: int, styles: str) -> Dataset:
    """Puzzles of held-out icons and faces; their labels name the true answer, all of them."""
    if not folder.exists():
        note(f"drawing {count} puzzles, {styles} styles, seed {seed}")
        command = [sys.executable, "-P", "-m", "cli", "generate", str(folder)]
        options = ["--count", str(count), "--seed", str(seed)]
        domain = ["--styles", styles, "--assets", "held-out"]
        subprocess.run([*command, *options, *domain], check=True, stdout=subprocess.DEVNULL)
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    answers = {str(truth["id"]): truth["answer"] for truth in map(json.loads, lines)}
    dataset = read(folder)
    puzzles = tuple(replace(puzzle, answer=answers[puzzle.id]) for puzzle in dataset.puzzles)
    return replace(dataset, puzzles=puzzles)


def judged(model: Path | None, sets: dict[str, Dataset]) -> dict[str, Judged]:
    """A model on what it is judged by; None is the one that ships."""
    found = {}
    with load_solver(model, "cpu") as solver:
        for name in (FRESH, KNOWN):
            note(f"{solver.model_id} on {name}")
            found[name] = Judged(*evaluate(sets[name], solver))
    return found


def in_this_process(place: Path) -> Path:
    """Train without the service; the model's folder."""
    from solver.finetune import Plan, finetune
    from solver.ocr import EasyOcr

    told, dataset, work = record.Course(), read(place / TRAIN), place / "work"
    model = place / "model"
    made = finetune(dataset, None, model, work, Plan(), lambda it: told(asdict(it)), ocr=EasyOcr())
    for stage in made.stages:
        note(f"{stage.name}: {stage.seconds:.1f} s, {stage.why}")
    return made.path


def recovered(before: dict[str, Judged], after: dict[str, Judged]) -> float | None:
    """The share of the accuracy lost by the shift that came back; None where none was lost."""
    known, fresh = (before[name].summary.accuracy or 0.0 for name in (KNOWN, FRESH))
    gained = (after[FRESH].summary.accuracy or 0.0) - fresh
    return gained / (known - fresh) if known > fresh else None


def _paired(before: dict[str, Judged], after: dict[str, Judged], name: str) -> Paired:
    return compare(before[name].outcomes, after[name].outcomes)


def _plain(found: dict[str, Judged]) -> dict[str, Any]:
    return {name: one.summary.to_json() for name, one in found.items()}


def _show(before: dict[str, Judged], after: dict[str, Judged], figures: dict[str, Any]) -> None:
    for name in (FRESH, KNOWN):
        click.echo(f"\n{name}: {before[name].summary.scored} puzzles")
        for figure in SHOWN:
            cells = [_cell(found[name].summary, figure) for found in (before, after)]
            click.echo(f"  {figure:18} {cells[0]:28} {cells[1]}")
        pair = figures["paired"][name]
        click.echo(f"  gained {pair['gained']}, lost {pair['lost']}, McNemar p {pair['p']:.3g}")
        click.echo(f"  lost to, after: {after[name].summary.lost_to}")
    share = figures["recovered"]
    click.echo(
        f"\nrecovered {'–' if share is None else f'{share:.0%}'} of the accuracy that was lost, "
        f"in {figures['minutes']:.1f} minutes"
    )


def _cell(summary: Summary, figure: str) -> str:
    value = getattr(summary, figure)
    if value is None:
        return "–"
    if figure == "accuracy" and summary.interval:
        return f"{value:.4f} ({summary.interval[0]:.4f} to {summary.interval[1]:.4f})"
    return f"{value:.4f}"


if __name__ == "__main__":
    retrain()
