"""`python -m benchmarks.slices`: how often the solver is right on puzzles of one look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any

import click

from benchmarks import record
from solver import load_solver
from solver.evaluation.statistics import wilson
from solver.generate import Drawn, digits, levels
from solver.generate.assets import faces
from solver.generate.chance import stream
from solver.generate.drawing import Brief, paint
from solver.generate.styles import TRAIN, Looks
from solver.train.report import measure

#: Axes of style: the part of the looks that draws each, and how that tells which look it drew.
AXES: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "theme": ("theme", attrgetter("theme")),
    "ground": ("ground", itemgetter(1)),
    "orbits": ("marks", attrgetter("style")),
    "sun": ("sun", attrgetter("look")),
}

#: Draws after which a look counts as one that there is not.
PATIENCE = 10_000


@click.command(epilog="\b\nExample:\n  python -m benchmarks.slices theme=grey --count 500")
@click.argument("looks", nargs=-1, required=True, callback=lambda *given: _parsed(given[-1]))
@click.option("--count", default=500, show_default=True, help="Puzzles of each look.")
@click.option("--seed", default=7101, show_default=True, help="Seed of all puzzles.")
@record.out("slices.json")
def slices(looks: Sequence[tuple[str, str]], count: int, seed: int, out: Path) -> None:
    """Measure LOOKS, each `axis=kind` of the trained styles, with held-out icons and fonts."""
    found: dict[str, Any] = {}
    with load_solver(threads=1) as solver:
        for axis, kind in looks:
            only, look = restricted(axis, kind), f"{axis}={kind}"
            found[look] = measure(solver, (draw_of(only, seed, k) for k in range(count)))
            right = round((found[look]["accuracy"] or 0.0) * count)
            low, high = wilson(right, count) or (0.0, 1.0)
            click.echo(f"{look}: {right} of {count}, {right / count:.4f} ({low:.4f} to {high:.4f})")
    record.write(found, out)


def _parsed(looks: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [(axis, kind) for axis, _, kind in (look.partition("=") for look in looks)]
    if any(axis not in AXES for axis, _ in pairs):
        raise click.BadParameter(f"write AXIS=KIND, an axis being one of {', '.join(AXES)}")
    return pairs


def restricted(axis: str, kind: str) -> Looks:
    """The trained looks, one axis drawn again and again until it is of a kind."""
    part, told = AXES[axis]
    drawn = getattr(TRAIN, part)

    def until(*arguments: Any) -> Any:
        for _ in range(PATIENCE):
            if told(made := drawn(*arguments)) == kind:
                return made
        raise click.BadParameter(f"no trained style has {axis}={kind}", param_hint="LOOKS")

    own: Any = {part: until}
    return replace(TRAIN, **own)


def draw_of(looks: Looks, seed: int, index: int) -> Drawn:
    """Draw puzzle `index` of a seed with these looks, its difficulty a third each."""
    rng = stream(seed, index)
    level = levels.level_of("mix", rng)
    face = digits.any_face(rng, faces("held-out"))
    return paint(rng, Brief(seed, index, level, "held-out", "train", looks, face))


if __name__ == "__main__":
    slices()
