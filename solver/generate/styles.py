"""Which looks training knows and which it never sees: for every axis a kind of each.

`TRAIN` and `HELD_OUT` draw the same things from other kinds; no kind is in both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeAlias, get_args

from solver.generate import badges, colours, grounds, hint, inks, lines, suns, unseen
from solver.generate.arrays import Canvas
from solver.generate.assets import Face
from solver.generate.badges import Badge
from solver.generate.chance import Rng, pick
from solver.generate.colours import Colour, Scheme
from solver.generate.errors import GenerateError
from solver.generate.icons import Icon
from solver.generate.inks import Ink
from solver.generate.levels import Level
from solver.generate.lines import Marks
from solver.generate.orbits import Orbits
from solver.generate.suns import Sun
from solver.generate.truth import Box

Styles = Literal["train", "held-out", "all"]

Hint: TypeAlias = Callable[
    [Rng, Level, Scheme, Icon, int, Face], tuple[Canvas, Box, Box, dict[str, str]]
]
DrawSun: TypeAlias = Callable[[Rng, Level, Scheme, Orbits, float, Icon, Colour, bool], Sun]


@dataclass(frozen=True, slots=True)
class Looks:
    """How each part of a puzzle is drawn."""

    theme: Callable[[Rng], Scheme]
    ground: Callable[[Rng, Level, Scheme], tuple[Canvas, str]]
    marks: Callable[[Rng, Level, Scheme, Orbits, Face, Colour], Marks]
    sun: DrawSun
    badges: Mapping[str, Badge]
    inks: Mapping[str, Ink]
    hint: Hint


TRAIN = Looks(
    colours.scheme, grounds.paint, lines.draw, suns.draw, badges.KINDS, inks.KINDS, hint.paint
)
HELD_OUT = Looks(
    unseen.themes.scheme,
    unseen.grounds.paint,
    unseen.marks.draw,
    unseen.suns.draw,
    unseen.badges.KINDS,
    unseen.inks.KINDS,
    unseen.hint.paint,
)


def check(styles: str) -> None:
    """Raise unless `styles` names a split."""
    if styles not in get_args(Styles):
        raise GenerateError(f"styles must be one of {', '.join(get_args(Styles))}, not {styles!r}")


def choose(rng: Rng, styles: Styles) -> Looks:
    """The looks of a split; of `all`, every axis comes from one side or the other."""
    check(styles)
    if styles == "all":
        sides = (pick(rng, (TRAIN, HELD_OUT)) for _ in fields(Looks))
        return Looks(*(getattr(side, f.name) for side, f in zip(sides, fields(Looks), strict=True)))
    return HELD_OUT if styles == "held-out" else TRAIN


def ink(rng: Rng, looks: Looks) -> tuple[str, Ink]:
    """How icons are filled; nothing is drawn from the stream when there is but one way."""
    name = pick(rng, tuple(looks.inks)) if len(looks.inks) > 1 else next(iter(looks.inks))
    return name, looks.inks[name]
