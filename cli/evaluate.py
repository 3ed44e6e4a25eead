"""`orrery evaluate`: accuracy on a labelled dataset."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from cli import console, options
from cli.errors import CliError

if TYPE_CHECKING:
    from solver.dataset import Dataset
    from solver.evaluation import Summary

Chosen: TypeAlias = Literal["test", "train", "all"]


@click.command(epilog="\b\nExample:\n  orrery evaluate puzzles --report report.html")
@click.argument("dataset", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--report",
    metavar="HTML",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also write a page with figures, slices and a gallery of wrong answers.",
)
@options.model
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
def evaluate(
    dataset: Path,
    as_json: bool,
    report: Path | None,
    model: str | None,
    device: str,
    threads: int,
    split: Chosen,
    limit: int | None,
) -> None:
    """Measure the accuracy on DATASET, a folder with labels.json and pictures.

    A picture that cannot be solved counts as wrong; a puzzle whose label is ambiguous is left
    out. Faults of the labels are counted on standard error; `orrery labels` lists them.
    """
    if report is not None:
        _check_folder(report)
    from solver import load_solver
    from solver.evaluation import evaluate as run

    data = chosen(dataset, split, limit)
    with console.progress("Evaluating", len(data.puzzles)) as done:
        summary, outcomes = run(data, load_solver(model, device, threads), done)
    if report is not None:
        from solver.evaluation.report import write_report

        write_report(report, data, summary, outcomes)
    if as_json:
        console.write_json(summary.to_json())
    else:
        _show(summary)


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


def _show(summary: Summary) -> None:
    value = summary.to_json()
    names = (
        "accuracy interval correct scored ambiguous failed derived digit_accuracy "
        "detection_recall match_roc_auc match_top1 calibration_error puzzles_per_second model"
    )
    rows: list[tuple[str, object]] = [(name, _cell(value[name])) for name in names.split()]
    rows += [(f"lost to {stage}", count) for stage, count in summary.lost_to.items() if count]
    console.table(("figure", "value"), rows)


def _cell(value: object) -> object:
    if isinstance(value, list):
        return "–".join(f"{number:.4f}" for number in value)
    return value
