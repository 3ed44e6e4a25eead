"""`orrery evaluate`: accuracy on a labelled dataset."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from cli import comparison, console, options
from cli.errors import CliError
from cli.figures import figures

if TYPE_CHECKING:
    from solver.dataset import Dataset
    from solver.reports import Run

Chosen: TypeAlias = Literal["test", "train", "all"]


@click.command(
    epilog="\b\nExamples:\n  orrery evaluate puzzles --report report.html\n"
    "  orrery evaluate puzzles --model small --model mine"
)
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a model.")
@click.option(
    "--report",
    metavar="HTML",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also write a page with figures, slices and a gallery of wrong answers.",
)
@options.models
@options.device
@options.threads
@click.option(
    "--split",
    type=click.Choice(["test", "train", "all"]),
    default="all",
    show_default=True,
    help="Which puzzles: those kept for testing, the others, or all.",
)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="At most so many puzzles.")
@click.option(
    "--target-risk",
    metavar="R",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Also give the lowest confidence from which on at most this share of answers is wrong, "
    "with 95% certainty; orrery solve --abstain-below takes it.",
)
def evaluate(
    dataset: Path,
    as_json: bool,
    report: Path | None,
    models: tuple[str, ...],
    device: str,
    threads: int,
    split: Chosen,
    limit: int | None,
    target_risk: float | None,
) -> None:
    """Measure the accuracy on DATASET, a folder with labels.json and pictures.

    A picture that cannot be solved counts as wrong; a puzzle whose label is ambiguous is left
    out. A wrong answer is "lost to" the first stage whose truth, by the label, would alone have
    made it right; "regained by" is what the truth of a stage would add to the accuracy. Faults of
    the labels are counted on standard error; `orrery labels` lists them. Several --model are
    shown side by side, on the same puzzles in the same run, each against the first.
    """
    if report is not None:
        _check_folder(report)
    if report is not None and len(models) > 2:
        raise click.UsageError("--report goes with one --model, or with two to compare.")
    data = chosen(dataset, split, limit)
    runs = [
        _evaluated(data, model, device, threads, target_risk, noted=report is not None)
        for model in models or (None,)
    ]
    results = [(run.summary, run.outcomes) for run in runs]
    if report is not None:
        from solver.reports import write_report

        write_report(report, data, runs)
        console.note(f"The report is in {report}.")
    if target_risk is not None and any(summary.threshold is None for summary, _ in results):
        _note_no_threshold(target_risk)
    if as_json:
        for value in comparison.as_json(results):
            console.write_json(value)
    elif len(results) > 1:
        comparison.show(results)
    else:
        console.table(("figure", "value"), list(figures(results[0][0].to_json())))


def _evaluated(
    data: Dataset,
    model: str | None,
    device: str,
    threads: int,
    target_risk: float | None,
    *,
    noted: bool,
) -> Run:
    """One model's run; what only a report shows is noted where it is wanted."""
    from solver import load_solver
    from solver.evaluation import evaluate as run
    from solver.model_folder import find
    from solver.reports import Notes, Run, card_of

    notes, solver = Notes(), load_solver(model, device, threads)
    with console.progress("Evaluating", len(data.puzzles), unit="puzzles") as done:
        if not noted:
            return Run(*run(data, solver, done, target_risk), notes)
        summary, outcomes = run(data, solver, done, target_risk, notes.add)
    return Run(summary, outcomes, notes, card_of(find(model)))


def _note_no_threshold(target_risk: float) -> None:
    from solver.evaluation.risk import answers_needed

    console.note(
        f"No threshold: these puzzles do not show a risk below {target_risk:g} at any confidence. "
        f"It takes at least {answers_needed(target_risk)} answers without a mistake."
    )


def _check_folder(report: Path) -> None:
    """Refuse at once what would be found out only after the last puzzle."""
    if not os.access(report.parent, os.W_OK):
        raise CliError(f"{report} cannot be written; give a folder that is there and yours.")


def chosen(folder: Path, split: Chosen = "all", limit: int | None = None) -> Dataset:
    """The puzzles asked for; DatasetError where there are none. Faults are noted."""
    from solver.dataset import read
    from solver.errors import DatasetError

    data = read(folder)
    if data.problems:
        tasks = len({problem.task for problem in data.problems})
        count = len(data.problems)
        console.note(f"Label problems: {count} in {tasks} task(s); list them: orrery labels")
    if split != "all":
        data = data.only(split)
    if limit is not None:
        data = data.first(limit)
    if not data.puzzles:
        kind = "" if split == "all" else f" of the {split} split"
        raise DatasetError(f"{folder} has no puzzle{kind} with a picture and a task of its own.")
    return data
