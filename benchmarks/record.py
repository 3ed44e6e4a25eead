"""Where a benchmark keeps its figures, and the folder that it works in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.console import note
from cli.training_line import words

F = TypeVar("F", bound=Callable[..., Any])

#: Where puzzles and models are kept; without it they go when the benchmark ends.
folder = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where puzzles, stages and models are kept; what is there is used again.",
)


def out(name: str) -> Callable[[F], F]:
    """The option for the file that all figures are written to."""
    return click.option(
        "--out",
        default=Path(".data") / name,
        show_default=True,
        type=click.Path(dir_okay=False, path_type=Path),
        help="File for all figures as JSON.",
    )


def write(figures: object, path: Path) -> None:
    """Write all figures, and say where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    note(f"written to {path}")


class Course:
    """Tells of each epoch and stage of a training once, on standard error."""

    def __init__(self) -> None:
        self._last: object = None

    def __call__(self, told: Mapping[str, Any]) -> None:
        """Tell of a step where its epoch or stage is a new one."""
        place = told["stage"], told["epoch"]
        if place != self._last:
            self._last = place
            note(words(told))
