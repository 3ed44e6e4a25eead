"""`python -m benchmarks.encoders`: a head on a frozen CLIP and the full fine-tune, side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
import torch

from benchmarks import record
from benchmarks.retrain import drawn
from cli.console import note
from solver.dataset import read
from solver.encoders.tower import load_tower, save_tower
from solver.finetune import ClipConfig, Figures, Plan, finetune

#: Columns of the table, with the name of each one's interval.
SHOWN = (
    ("match_roc_auc", "match_roc_auc_interval"),
    ("match_top1", "match_top1_interval"),
    ("accuracy", "accuracy_interval"),
)


@click.command(epilog="\b\nExample:\n  python -m benchmarks.encoders --checkpoint open_clip.bin")
@click.option("--count", default=200, show_default=True, help="Labelled puzzles.")
@click.option("--seed", default=8200, show_default=True, help="Seed of the puzzles.")
@click.option("--trainings", default=1, show_default=True, help="Trainings of each, by their seed.")
@click.option("--architecture", default="ViT-B-32", show_default=True, help="The CLIP's.")
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, path_type=Path),
    help="Its weights; without them the tower is random, which only shows that it runs.",
)
@click.option("--threads", default=2, show_default=True, help="Threads that encode and judge.")
@record.folder
@record.out("encoders.json")
def encoders(
    count: int,
    seed: int,
    trainings: int,
    architecture: str,
    checkpoint: Path | None,
    threads: int,
    folder: Path | None,
    out: Path,
) -> None:
    """Measure both kinds of training, before and after, on icons that neither was trained on.

    The puzzles are of held-out styles, icons and faces. Each training keeps a fifth of them with
    icons of their own to be judged by, the same for all.
    """
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as name:
        place = folder or Path(name)
        drawn(place / "puzzles", count, seed, "held-out")
        tower = checkpoint or random_tower(architecture, place / "clip")
        clip = ClipConfig(architecture, checkpoint=str(tower))
        what = f"{architecture}, {'random weights' if checkpoint is None else checkpoint.name}"
        rows = [
            (words, number, found)
            for number in range(trainings)
            for words, found in _trained(place, clip, number, threads)
        ]
    click.echo(f"head: {what}; judged by {rows[0][2].scored} puzzles of {count}")
    for words, number, found in rows:
        click.echo(f"{words:28} seed {number}  {'  '.join(_cells(found))}")
    figures = [{"what": w, "seed": n, "tower": what, **asdict(f)} for w, n, f in rows]
    record.write(figures, out)


def random_tower(architecture: str, folder: Path) -> Path:
    """A tower of an architecture with random weights, the same every time, as a checkpoint."""
    if not folder.exists():
        torch.manual_seed(0)
        save_tower(load_tower(ClipConfig(architecture)), folder)
    return folder


def _trained(
    place: Path, clip: ClipConfig, seed: int, threads: int
) -> Iterator[tuple[str, Figures]]:
    """The figures of both kinds, before and after; a head before is not trained but whitens."""
    told = record.Course()
    plans = {
        "head, before": Plan("head", 0, seed, clip, threads=threads),
        "head, after": Plan("head", None, seed, clip, threads=threads),
        "full fine-tune, after": Plan("full", None, seed, threads=threads),
    }
    for words, plan in plans.items():
        note(f"{words}, seed {seed}")
        model = place / f"{words.replace(', ', '-').replace(' ', '-')}-{seed}"
        dataset = read(place / "puzzles")
        made = finetune(dataset, None, model, place / "work", plan, lambda it: told(asdict(it)))
        if plan.kind == "full":
            yield "full fine-tune, before", made.before
        yield words, made.after


def _cells(figures: Figures) -> Iterator[str]:
    for name, interval in SHOWN:
        value, ends = getattr(figures, name), getattr(figures, interval)
        shown = "–" if value is None else f"{value:.4f}"
        yield f"{name} {shown}" + (f" ({ends[0]:.4f} to {ends[1]:.4f})" if ends else "")


if __name__ == "__main__":
    encoders()
