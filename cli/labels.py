"""`orrery labels`: what is wrong with the labels of a dataset, what likely is, and corrections."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import console, options

if TYPE_CHECKING:
    from solver.dataset import Dataset, LabelledPuzzle, Problem
    from solver.evaluation import Solver, Suspect


@dataclass(slots=True)
class _Found:
    """What is known of a dataset's labels."""

    puzzles: int
    problems: list[Problem]
    statistics: dict[str, Any]
    suspects: list[Suspect] = field(default_factory=list)


@click.command(
    epilog="\b\nExamples:\n  orrery labels puzzles --json\n"
    "  orrery labels puzzles --apply corrections.json --out corrected"
)
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.model
@options.device
@options.threads
@click.option("--no-solver", is_flag=True, help="List only what the files show by themselves.")
@click.option(
    "--apply",
    "corrections",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='Correct labels: a JSON list of {"task", "correction"}, as the suspects have them.',
)
@click.option(
    "--out",
    metavar="NEW",
    type=click.Path(path_type=Path),
    help="With --apply: the folder for the corrected copy; DATASET itself is never changed.",
)
def labels(
    dataset: Path,
    as_json: bool,
    model: str | None,
    device: str,
    threads: int,
    no_solver: bool,
    corrections: Path | None,
    out: Path | None,
) -> None:
    """List label problems of DATASET, then labels that are likely wrong.

    Problems are what the files show: faults of labels, pictures that cannot be read or are there
    twice, and icons that the labels' own train and test splits share. Likely wrong is a label
    where the model believes in another one as much as it does, on average, in such labels
    (confident learning); the score, 0 to 1, ranks them. Look at each before you correct it: a
    list of {"task", "correction"} that you agree with goes to --apply.
    """
    if (corrections is None) is not (out is None):
        raise click.UsageError("--apply and --out go together.")
    if corrections is not None and out is not None:
        from cli.corrected import write_corrected

        _tell(write_corrected(dataset, corrections, out), out, as_json)
        return
    from solver.dataset import read

    data = read(dataset)
    found = _inspected(data)
    if data.puzzles and not no_solver:
        from solver import load_solver

        _audit(data, found, load_solver(model, device, threads))
    _show(found, as_json)


def _tell(changes: list[dict[str, Any]], out: Path, as_json: bool) -> None:
    if as_json:
        console.write_json({"out": str(out), "changes": changes})
    else:
        rows = [[change[name] for name in ("task", "what", "from", "to")] for change in changes]
        console.table(("task", "what", "from", "to"), rows)
    console.note(f"{len(changes)} changes, written to {out}")


def _inspected(data: Dataset) -> _Found:
    from solver.dataset import inspect
    from solver.picture import read

    seen = inspect(data, lambda puzzle: read(data.path(puzzle)))
    return _Found(len(data.puzzles), list(seen.problems), seen.statistics)


def _audit(data: Dataset, found: _Found, solver: Solver) -> None:
    """Add what a solver tells: pictures without an answer, leaks between splits, suspects."""
    from solver.evaluation import Audit, solve
    from solver.solution import Solution

    solved: list[LabelledPuzzle] = []
    audit = Audit()
    with console.progress("Checking", len(data.puzzles)) as done:
        for number, (puzzle, outcome, _) in enumerate(solve(data, solver), 1):
            audit.add(puzzle, outcome)
            if isinstance(outcome, Solution):
                solved.append(puzzle)
            done(number)
    known = {(problem.task, problem.code) for problem in found.problems}
    found.problems += [one for one in audit.unsolved if (one.task, one.code) not in known]
    if data.names_both_splits:
        found.problems += _leaks(data, solved, solver)
    found.statistics |= audit.statistics()
    found.suspects = audit.suspects()


def _leaks(data: Dataset, puzzles: list[LabelledPuzzle], solver: Solver) -> list[Problem]:
    from solver.finetune.leaks import LeakCheck

    check = LeakCheck()
    for puzzle in puzzles:
        content = data.path(puzzle).read_bytes()
        check.add(puzzle, content, partial(solver.examine, content))
    return check.problems()


def _show(found: _Found, as_json: bool) -> None:
    if as_json:
        console.write_json(
            {
                "puzzles": found.puzzles,
                "statistics": found.statistics,
                "problems": [asdict(problem) for problem in found.problems],
                "suspects": [suspect.to_json() for suspect in found.suspects],
            }
        )
        return
    rows: list[tuple[object, ...]] = [(p.task, p.code, None, p.message) for p in found.problems]
    rows += [(s.task, f"suspect_{s.kind}", s.score, s.message) for s in found.suspects]
    console.table(("task", "fault", "score", "why"), rows)
    counts = f"Problems: {len(found.problems)}. Likely wrong: {len(found.suspects)}."
    console.note(f"Puzzles: {found.puzzles}. {counts}")
