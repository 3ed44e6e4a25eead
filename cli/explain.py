"""`orrery explain`: every stage of one solution, drawn."""

from __future__ import annotations

from pathlib import Path

import click

from cli import console, options
from cli.errors import CliError


@click.command(epilog="\b\nExample:\n  orrery explain puzzle.jpg --out explained.png")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The PNG to write.",
)
@options.model
@options.device
def explain(path: Path, out: Path, model: str | None, device: str) -> None:
    """Draw what every stage saw in one picture.

    The drawing shows the hint's boxes, the digit's probabilities, the sun's centre, the orbits,
    every planet with its orbit and how well it matches, the answer and the runner-up.
    """
    from solver import load_solver, picture
    from solver.explain import draw
    from solver.report import answer

    data = picture.read(path)
    with load_solver(model, device, threads=1) as solver:
        solution = answer(solver.examine(data))
    try:
        out.write_bytes(picture.encode(draw(picture.decode(data), solution)))
    except OSError as error:
        raise CliError(f"{out} cannot be written: {error.strerror}") from error
    console.note(
        f"Tile {solution.tile}, orbit {solution.digit}, confidence {solution.confidence:.3f}. "
        f"Drawn to {out}."
    )
