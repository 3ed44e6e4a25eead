"""`orrery solve`: pictures to answers, here and now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import console, options
from cli.pictures import each

if TYPE_CHECKING:
    from solver import Failure
    from solver.solve import Solver

#: Columns of the table for people.
COLUMNS = ("image", "tile", "point", "digit", "confidence", "error")


@click.command(
    epilog="\b\nExample:\n  orrery solve puzzle.jpg\n  orrery solve pictures/ --json > out.jsonl"
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@options.model
@click.option(
    "--hint",
    type=click.Path(path_type=Path),
    help="The hint as a file of its own; PATH is then the strip of five tiles.",
)
@click.option(
    "--abstain-below",
    metavar="P",
    type=click.FloatRange(0, 1),
    help="Mark answers of a lower confidence as abstained; orrery evaluate --target-risk finds P.",
)
@options.device
@options.threads
@click.pass_context
def solve(
    ctx: click.Context,
    paths: tuple[Path, ...],
    as_json: bool,
    model: str | None,
    hint: Path | None,
    abstain_below: float | None,
    device: str,
    threads: int,
) -> None:
    """Solve pictures, files or folders, without a service.

    A folder is searched for pictures at any depth; JPEG, PNG and WebP can be solved. A picture
    that cannot be solved gets its error in its place, the rest go on, and the exit status is 1.
    """
    if hint is not None and len(paths) != 1:
        raise click.UsageError("--hint goes with exactly one PATH, the strip of five tiles.")
    from solver import load_solver

    columns = COLUMNS if abstain_below is None else (*COLUMNS, "abstained")
    total = sum(1 for _ in each(paths))
    tally: Counter[str] = Counter()
    rows: list[tuple[object, ...]] = []
    with (
        load_solver(model, device, threads) as solver,
        console.progress("Solving", total, unit="puzzles") as set_done,
    ):
        lines = _counted(_lines(solver, paths, hint, abstain_below), tally, set_done)
        if as_json:
            for line in lines:
                console.write_json(line)
        elif console.is_piped():
            console.table(columns, map(_row, lines))
        else:  # aligned, and so not before all are known
            rows = [_row(line) for line in lines]
    if rows:
        console.table(columns, rows)
    ctx.exit(1 if tally["failed"] else 0)


def _lines(
    solver: Solver, paths: Sequence[Path], hint: Path | None, abstain_below: float | None
) -> Iterator[dict[str, Any]]:
    """What is told of every picture; only a few pictures and results are in memory at a time."""
    from solver import record

    named, read = tee(each(paths))
    outcomes = solver.stream(_read_all((path for _, path in read), hint))
    for (name, _), outcome in zip(named, outcomes, strict=True):
        line = {**record(name, outcome), "model": solver.model_id}
        if abstain_below is not None:
            sure = line["confidence"]
            line["abstained"] = None if sure is None else sure < abstain_below
        yield line


def _counted(
    lines: Iterable[dict[str, Any]], tally: Counter[str], set_done: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        tally["failed"] += line["error"] is not None
        yield line
        set_done(number)


def _read_all(paths: Iterable[Path], hint: Path | None) -> Iterator[bytes | Failure]:
    from solver import Failure, PictureError

    for path in paths:
        try:
            yield _read(path, hint)
        except PictureError as error:
            yield Failure(error.code, error.message)


def _read(path: Path, hint: Path | None) -> bytes:
    from solver import picture
    from solver.layout import compose

    data = picture.read(path)
    if hint is None:
        return data
    strip, below = picture.decode(data), picture.decode(picture.read(hint))
    return picture.encode(compose(strip, below))


def _row(line: dict[str, Any]) -> tuple[object, ...]:
    error = line["error"]
    text = f"{error['code']}: {error['message']}" if error else None
    point = line["point"] and "{:.1f}, {:.1f}".format(*line["point"])
    row = (line["image"], line["tile"], point, line["digit"], line["confidence"], text)
    return (*row, line["abstained"]) if "abstained" in line else row
