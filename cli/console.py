"""What a terminal shows: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from rich.console import Console


def err() -> Console:
    """A console on standard error; colours only on a terminal and without NO_COLOR."""
    return _console(sys.stderr)


def out() -> Console:
    """A console on standard output; colours only on a terminal and without NO_COLOR."""
    return _console(sys.stdout)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False, soft_wrap=True)


def note(line: str) -> None:
    """Tell the user something that is no result."""
    click.echo(line, err=True)


def write_json(value: Mapping[str, object]) -> None:
    """Write one JSON object on one line of standard output."""
    click.echo(json.dumps(value, allow_nan=False))


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while the block runs, on a terminal only.

    Yields a function that takes how many are done so far.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def is_piped() -> bool:
    """Whether standard output is no terminal."""
    return not sys.stdout.isatty()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows to standard output: aligned on a terminal; tab-separated to a pipe, as they come.

    A terminal sees them all at once, when the last is known.
    """
    if is_piped():
        for row in rows:
            click.echo("\t".join(_cell(value) for value in row))
        return
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(_cell(value) for value in row))
    out().print(shown)


def _cell(value: object) -> str:
    text = "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
    # A file's name may hold a line break or an escape sequence: it stays data.
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
