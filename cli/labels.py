"""`orrery labels`: what is wrong with the labels of a dataset, and what likely is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import console, options

if TYPE_CHECKING:
    from solver.dataset import Dataset, Problem
    from solver.evaluation import Solver, Suspect


@click.command(epilog="\b\nExample:\n  orrery labels puzzles --json")
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.model
@options.device
@options.threads
@click.option("--no-solver", is_flag=True, help="List only what the file shows by itself.")
def labels(
    dataset: Path,
    as_json: bool,
    model: str | None,
    device: str,
    threads: int,
    no_solver: bool,
) -> None:
    """List label problems of DATASET, then labels that are likely wrong.

    A label is likely wrong where the solver contradicts it and is sure of itself; `confidence`
    is the solver's own probability that the label is wrong, so look before you correct. A
    picture that cannot be solved is a problem, too.
    """
    from solver.dataset import read

    data = read(dataset)
    problems = list(data.problems)
    suspects: list[Suspect] = []
    if data.puzzles and not no_solver:
        from solver import load_solver

        unsolved, suspects = _checked(data, load_solver(model, device, threads))
        problems += unsolved
    if as_json:
        console.write_json(
            {
                "puzzles": len(data.puzzles),
                "problems": [asdict(problem) for problem in problems],
                "suspects": [asdict(suspect) for suspect in suspects],
            }
        )
        return
    rows: list[tuple[object, ...]] = [(p.task, p.code, None, p.message) for p in problems]
    rows += [(s.task, f"suspect_{s.kind}", s.confidence, s.message) for s in suspects]
    console.table(("task", "fault", "confidence", "why"), rows)
    console.note(
        f"Puzzles: {len(data.puzzles)}. Problems: {len(problems)}. Likely wrong: {len(suspects)}."
    )


def _checked(data: Dataset, solver: Solver) -> tuple[list[Problem], list[Suspect]]:
    """The pictures that cannot be solved, and the labels that the solver contradicts."""
    from solver.dataset import Problem
    from solver.evaluation import solve, suspects
    from solver.solution import Failure

    unsolved: list[Problem] = []
    found: list[Suspect] = []
    with console.progress("Checking", len(data.puzzles)) as done:
        for number, (puzzle, outcome, _) in enumerate(solve(data, solver), 1):
            if isinstance(outcome, Failure):
                message = f"{puzzle.image}: {outcome.message}"
                unsolved.append(Problem(puzzle.id, outcome.code, message))
            else:
                found += suspects(puzzle, outcome)
            done(number)
    return unsolved, sorted(found, key=lambda suspect: -suspect.confidence)
