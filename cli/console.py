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
def progress(
    what: str, total: int | None, *, unit: str = "", size: bool = False
) -> Iterator[Callable[[int], None]]:
    """Show how far the block is on standard error, with rate and time left, on a terminal only.

    Yields a function that takes how many are done so far; with `size` they are bytes.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import Progress

    from cli.progress import columns

    with Progress(*columns(unit, size=size), console=err(), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def is_piped() -> bool:
    """Whether standard output is no terminal."""
    return not sys.stdout.isatty()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows to standard output: aligned on a terminal; tab-separated to a pipe, as they come.

    A terminal sees them all at once, when the last is known, as wide as it is: numbers to the
    right, long names with their middle left out.
    """
    if is_piped():
        for row in rows:
            click.echo("\t".join(cell(value) for value in row))
        return
    from cli.tables import laid_out

    console = out()
    console.print(laid_out(columns, [list(row) for row in rows], console.width))


def cell(value: object) -> str:
    """A value as text of one line; what is no text of a file's name stays data."""
    # A file's name may hold a line break or an escape sequence.
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in _text(value))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
