"""`orrery explain`: every stage of one solution, drawn."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import console, options
from cli.errors import CliError

if TYPE_CHECKING:
    from solver.dataset import LabelledPuzzle
    from solver.explain import Drawing, Truth
    from solver.solution import Solution

#: What the drawing can be written as, by the end of its name.
KINDS = (".png", ".svg")


@click.command(
    epilog="\b\nExamples:\n  orrery explain puzzle.jpg --out explained.png\n"
    "  orrery explain puzzles/images/186414.jpg --out explained.svg"
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write: a PNG, or an SVG whose text stays text, by the end of its name.",
)
@click.option(
    "--labels",
    metavar="DATASET",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The labelled dataset of the picture; default: a folder above it with labels.json.",
)
@options.model
@options.device
@options.as_json
def explain(
    path: Path, out: Path, labels: Path | None, model: str | None, device: str, as_json: bool
) -> None:
    """Draw what every stage saw in one picture.

    The drawing shows the hint's boxes, the digit's probabilities, the sun's centre, the orbits,
    every planet with its orbit and how well it matches, the answer and the runner-up. For a
    labelled picture it also shows the truth, and which stage lost a wrong answer.
    """
    if out.suffix.lower() not in KINDS:
        raise click.UsageError(f"--out takes a name that ends in {' or '.join(KINDS)}.")
    from solver import load_solver, picture
    from solver.explain import About, explained, truth_of
    from solver.report import answer

    data = picture.read(path)
    puzzle = _labelled(path, labels)
    with load_solver(model, device, threads=1) as solver:
        solution = answer(solver.examine(data))
        truth = truth_of(puzzle, solution, partial(solver.examine, data)) if puzzle else None
    about = About(path.name, solver.model_id)
    _write(out, explained(picture.decode(data), solution, about, truth))
    if as_json:
        console.write_json(_plain(path, out, solution, truth))
    console.note(
        f"Tile {solution.tile}, orbit {solution.digit}, confidence {solution.confidence:.3f}. "
        + (f"{truth.words()}. " if truth else "")
        + f"Drawn to {out}."
    )


def _labelled(path: Path, labels: Path | None) -> LabelledPuzzle | None:
    """The picture's label; CliError where a dataset was named that has none."""
    from solver.dataset import LABELS, read

    above = [folder for folder in path.resolve().parents if (folder / LABELS).is_file()]
    folder = labels or next(iter(above), None)
    if folder is None:
        return None
    data = read(folder)
    same = (it for it in data.puzzles if data.path(it).resolve() == path.resolve())
    found = next(same, None)
    if found is None and labels is not None:
        raise CliError(f"{folder} has no label of {path}; name the dataset that the picture is in")
    return found


def _write(out: Path, drawing: Drawing) -> None:
    from solver.explain import to_picture, to_svg
    from solver.picture import encode

    svg = out.suffix.lower() == ".svg"
    content = to_svg(drawing).encode() if svg else encode(to_picture(drawing))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CliError(f"{out} cannot be written: {error.strerror}") from error


def _plain(path: Path, out: Path, solution: Solution, truth: Truth | None) -> dict[str, Any]:
    from solver import record
    from solver.evaluation import outcome_to_json
    from solver.solution import seen_to_json

    told = {**record(path.name, solution), "seen": seen_to_json(solution.seen), "out": str(out)}
    return {**told, "truth": outcome_to_json(truth.outcome) if truth else None}
