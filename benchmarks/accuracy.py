"""`python -m benchmarks.accuracy`: how often the solver is right on puzzles it never trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import click

from benchmarks import record
from benchmarks.before import published
from benchmarks.published import load_reader
from cli.console import note
from solver import load_solver
from solver.evaluation.statistics import wilson
from solver.generate import Drawn
from solver.generate.problems import PROBLEMS, draw_problem
from solver.generate.strangers import KINDS, draw_stranger
from solver.solution import Failure
from solver.solve import Solver
from solver.train.perturb import PERTURBATIONS, perturbed
from solver.train.report import draw_held_out, measure

Figures = Mapping[str, float | None]

#: The figures of a set that the table shows.
SHOWN = (
    "accuracy",
    "digit",
    "recall",
    "rank",
    "match ROC-AUC",
    "icon in tile",
    "calibration error",
)


@click.command(epilog="\b\nExample:\n  python -m benchmarks.accuracy --count 1000")
@click.option("--count", default=1000, show_default=True, help="Puzzles of each of the two sets.")
@click.option("--few", default=112, show_default=True, help="Puzzles of each smaller set.")
@click.option("--seed", default=7001, show_default=True, help="Seed of all puzzles.")
@click.option("--model", help="A model; by default the one that ships.")
@record.out("accuracy.json")
def accuracy(count: int, few: int, seed: int, model: str | None, out: Path) -> None:
    """Measure every stage on fresh puzzles with held-out icons, fonts and styles."""
    found: dict[str, Any] = {}
    with load_solver(model, threads=1) as solver:
        found["model"] = solver.model_id
        for name, puzzles in _sets(count, few, seed):
            found[name] = measure(solver, puzzles)
            _line(name, found[name])
        found["no puzzles"] = refusals(solver, few * 2, seed)
    reader = load_reader()
    for name in PROBLEMS:
        before = published(reader, (draw_problem(name, seed, k) for k in range(few)))
        found[f"published: {name}"] = before
        shown = ", ".join(
            f"{key} {before.get(key, 0.0):.3f}" for key in ("digit", "recall", "rank")
        )
        click.echo(f"the published pipeline on {name}: {shown}")
    note(f"pictures that are no puzzle, refused: {found['no puzzles']['refused']:.3f}")
    record.write(found, out)


def _sets(count: int, few: int, seed: int) -> Iterator[tuple[str, Iterator[Drawn]]]:
    yield "trained styles", draw_held_out(count, "mix", seed)
    yield "held-out styles", draw_held_out(count, "mix", seed, "held-out")
    for name in PROBLEMS:
        yield f"problem: {name}", (draw_problem(name, seed, index) for index in range(few))
    plain = list(draw_held_out(few, "medium", seed))
    for name, perturb in PERTURBATIONS.items():
        yield f"perturbed: {name}", (perturbed(drawn, perturb) for drawn in plain)


def refusals(solver: Solver, count: int, seed: int) -> dict[str, Any]:
    """The share of pictures without a puzzle that are refused, in all and by their kind."""
    refused: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    drawn = (draw_stranger(seed, index) for index in range(count))
    while batch := list(islice(drawn, 16)):
        outcomes = solver.solve([data for _, data in batch])
        for (kind, _), outcome in zip(batch, outcomes, strict=True):
            refused[kind].append(isinstance(outcome, Failure))
    every = [value for values in refused.values() for value in values]
    shares = {kind: sum(values) / len(values) for kind, values in refused.items() if values}
    return {"refused": sum(every) / len(every), "pictures": len(every), "by kind": shares}


def _line(name: str, figures: Figures) -> None:
    total = int(figures["puzzles"] or 0)
    interval = wilson(round((figures["accuracy"] or 0) * total), total) or (0.0, 1.0)
    shown = [_cell(figures.get(key)) for key in SHOWN]
    click.echo(
        f"{name:28}{total:6} {shown[0]} ({interval[0]:.3f} to {interval[1]:.3f}) "
        + " ".join(shown[1:])
    )


def _cell(value: float | None) -> str:
    return "     –" if value is None else f"{value:.4f}"


if __name__ == "__main__":
    click.echo(f"{'set':28}{'n':>6} " + ", ".join(SHOWN))
    accuracy()
