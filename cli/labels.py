"""`orrery labels`: what is wrong with the labels of a dataset, and what likely is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import console

if TYPE_CHECKING:
    from solver.dataset import Dataset
    from solver.evaluation import Suspect


@click.command(epilog="\b\nExample:\n  orrery labels puzzles --json")
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--model", metavar="REF", help="The model, by name or folder; default: the one that ships."
)
@click.option("--no-solver", is_flag=True, help="List only what the file shows by itself.")
def labels(dataset: Path, as_json: bool, model: str | None, no_solver: bool) -> None:
    """List label problems of DATASET, then labels that are likely wrong.

    A label is likely wrong where the solver contradicts it and is sure of itself; `confidence`
    is the solver's own probability that the label is wrong, so look before you correct.
    """
    from solver.dataset import read

    data = read(dataset)
    suspects = [] if no_solver or not data.puzzles else _suspects(data, model)
    if as_json:
        console.write_json(
            {
                "puzzles": len(data.puzzles),
                "problems": [asdict(problem) for problem in data.problems],
                "suspects": [asdict(suspect) for suspect in suspects],
            }
        )
        return
    rows: list[tuple[object, ...]] = [(p.task, p.code, None, p.message) for p in data.problems]
    rows += [(s.task, f"suspect_{s.kind}", s.confidence, s.message) for s in suspects]
    console.table(("task", "fault", "confidence", "why"), rows)
    console.note(
        f"Puzzles: {len(data.puzzles)}. Problems: {len(data.problems)}. "
        f"Likely wrong: {len(suspects)}."
    )


def _suspects(data: Dataset, model: str | None) -> list[Suspect]:
    from solver import load_solver
    from solver.evaluation import solve, suspects
    from solver.solution import Solution

    found: list[Suspect] = []
    with console.progress("Checking", len(data.puzzles)) as done:
        for number, (puzzle, outcome, _) in enumerate(solve(data, load_solver(model)), 1):
            if isinstance(outcome, Solution):
                found += suspects(puzzle, outcome)
            done(number)
    return sorted(found, key=lambda suspect: -suspect.confidence)
