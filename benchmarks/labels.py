"""`python -m benchmarks.labels`: how many planted label errors the label audit finds.

Pictures are drawn and solved once; then labels with errors are written for them, several times a
rate, each time with other errors. The audit sees pictures and labels; what was planted is asked
only to count.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import get_args

import click

from cli.console import note, progress
from solver import load_solver
from solver.dataset import read_labels
from solver.evaluation import Audit, Solver, Suspect
from solver.evaluation.statistics import wilson
from solver.generate import Styles, Truth, draw, labels
from solver.generate.chance import stream
from solver.solution import Failure, Solution

#: Planted errors that only a look at the picture shows, and the kind of suspect that each should
#: be. The others break a rule of the format, and the reader tells.
JUDGED = {"wrong-digit": "digit", "plus-on-wrong-planet": "target", "wrong-answer": "answer"}
RATES = (0.01, 0.05, 0.10)
#: Pictures that are drawn before they are solved together.
BATCH = 16

Solved = list[tuple[Truth, Solution | Failure]]


@dataclass(slots=True)
class Count:
    """Planted errors and suspected puzzles, over all plantings of a rate.

    Errors that are `judged` count as found when the right label of the puzzle is suspected, and
    suspected puzzles as right when any error that is judged was planted there.
    """

    rate: float
    puzzles: int = 0
    formal: int = 0
    formal_found: int = 0
    judged: int = 0
    judged_found: int = 0
    suspected: int = 0
    suspected_right: int = 0
    missed: Counter[str] = field(default_factory=Counter)

    def add(
        self, planted: Mapping[str, str | None], told: set[str], named: Sequence[Suspect]
    ) -> None:
        """Count one planting: the error of each task, tasks with a problem, and the suspects."""
        found = {(one.task, one.kind) for one in named}
        suspected = {one.task for one in named} - told
        self.puzzles += len(planted)
        self.suspected += len(suspected)
        for task, error in planted.items():
            if error is not None and error not in JUDGED:
                self.formal += 1
                self.formal_found += task in told
            elif error is not None:
                hit = (task, JUDGED[error]) in found
                self.judged += 1
                self.judged_found += hit
                self.suspected_right += task in suspected
                self.missed[error] += not hit


def solved(solver: Solver, count: int, seed: int, difficulty: str, styles: Styles) -> Solved:
    """Draw puzzles and solve them; icons and fonts are those that no model was trained on."""
    found: Solved = []
    with progress("Solving", count) as done:
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            drawn = [draw(seed, number, difficulty, "held-out", styles) for number in numbers]
            answers = solver.solve([one.data for one in drawn])
            found += zip((one.truth for one in drawn), answers, strict=True)
            done(len(found))
    return found


def measured(pictures: Solved, rate: float, seed: int, plantings: int) -> Count:
    """Plant errors at a rate, several times over, audit each, and count."""
    count = Count(rate)
    images = [truth.image for truth, _ in pictures]
    answers = {str(truth.id): answer for truth, answer in pictures}
    for planting in range(plantings):
        tasks, planted = [], dict[str, str | None]()
        for number, (truth, _) in enumerate(pictures):
            chance = stream(seed + 1 + planting, number).spawn(1)[0]
            task, wrong = labels.write(chance, truth, rate)
            tasks.append(task)
            planted[str(truth.id)] = next(iter(wrong.faults), None)
        dataset, audit = read_labels(json.dumps(tasks).encode(), images), Audit()
        for puzzle in dataset.puzzles:
            audit.add(puzzle, answers[puzzle.id])
        told = {problem.task for problem in (*dataset.problems, *audit.unsolved)}
        count.add(planted, told, audit.suspects())
    return count


def rows(counts: Sequence[Count]) -> Iterator[tuple[str, ...]]:
    """The table, a row a rate."""
    for one in counts:
        yield (
            f"{one.rate:.0%}",
            f"{one.formal_found}/{one.formal}",
            _share(one.judged_found, one.judged),
            _share(one.suspected_right, one.suspected),
            ", ".join(f"{name} {n}" for name, n in one.missed.items() if n) or "none",
        )


def _share(part: int, whole: int) -> str:
    interval = wilson(part, whole)
    if interval is None:
        return "-"
    return f"{part / whole:.3f} ({interval[0]:.3f}-{interval[1]:.3f}) of {whole}"


@click.command(epilog="\b\nExample:\n  python -m benchmarks.labels --puzzles 400 --seed 71")
@click.option("--puzzles", type=click.IntRange(1), default=400, show_default=True)
@click.option("--plantings", type=click.IntRange(1), default=10, show_default=True)
@click.option("--seed", default=71, show_default=True, help="Of the pictures; plantings follow.")
@click.option("--difficulty", default="mix", show_default=True)
@click.option("--styles", type=click.Choice(get_args(Styles)), default="train", show_default=True)
@click.option("--model", help="A model's folder or name; default: the one that ships.")
@click.option("--threads", default=0, show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also as JSON.")
def bench(
    puzzles: int,
    plantings: int,
    seed: int,
    difficulty: str,
    styles: Styles,
    model: str | None,
    threads: int,
    out: Path | None,
) -> None:
    """Plant label errors at 1, 5 and 10 %, and print how many the audit finds.

    Intervals are 95 % Wilson intervals. The plantings of a rate share their pictures: what the
    solver does not see on one of them it does not see on any.
    """
    solver = load_solver(model, "cpu", threads)
    pictures = solved(solver, puzzles, seed, difficulty, styles)
    counts = [measured(pictures, rate, seed, plantings) for rate in RATES]
    note(f"{puzzles} puzzles ({difficulty}, seed {seed}, styles {styles}), {plantings} plantings")
    note(f"model {solver.model_id}")
    heads = ("errors", "formal, told", "judged: recall", "judged: precision", "missed")
    for cells in (heads, *rows(counts)):
        widths = zip(cells, (8, 14, 34, 34, 0), strict=True)
        click.echo("".join(f"{cell:{width}}" for cell, width in widths).rstrip())
    if out is not None:
        record = {"model": solver.model_id, "seed": seed, "counts": [asdict(it) for it in counts]}
        out.write_text(json.dumps(record, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    bench()
