"""Sets that stress one known problem each and leave all else easy: what a remedy is shown by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from solver.generate import digits
from solver.generate.arrays import Canvas
from solver.generate.assets import Assets, Face, faces
from solver.generate.chance import Rng, stream
from solver.generate.colours import BLACK, WHITE, Scheme
from solver.generate.drawing import Brief, choose_looks, paint
from solver.generate.errors import GenerateError
from solver.generate.icons import Icon
from solver.generate.levels import EASY, Level
from solver.generate.styles import Styles
from solver.generate.truth import TILE, Box, Drawn
from solver.generate.unseen import hint, numerals
from solver.generate.unseen.numerals import Numeral


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: how its puzzles are drawn, and what else is asked for of puzzle `index`."""

    level: Level
    stress: Callable[[int, Brief], Brief] = lambda index, brief: brief


#: The digits asked for by turns: those that were misread most, more often.
_DIGITS = (1, 4, 2, 1, 3, 4, 5)


#: Looks of a digit by turns, each both black on white and white on black.
_LOOKS: Mapping[str, Numeral] = {
    "thin": numerals.plain,
    "tilted": numerals.KINDS["tilted"],
    "outlined": numerals.KINDS["outlined"],
    "plain": numerals.plain,
}


def _hard_digit(index: int, brief: Brief) -> Brief:
    """Every digit, in every look, light and dark: all of them in 56 puzzles."""
    look = tuple(_LOOKS)[index % len(_LOOKS)]
    dark = index // len(_LOOKS) % 2 == 1
    face = brief.face
    if look == "thin":
        thin = digits.hairlines(faces(brief.assets))
        face = digits.any_face(stream(brief.seed, index).spawn(3)[2], thin)
    return replace(
        brief,
        face=face,
        level=replace(brief.level, digits=(_DIGITS[index % len(_DIGITS)],)),
        looks=replace(brief.looks, hint=partial(_write, look, dark)),
    )


def _write(
    look: str,
    dark: bool,
    rng: Rng,
    level: Level,
    scheme: Scheme,
    icon: Icon,
    digit: int,
    face: Face,
) -> tuple[Canvas, Box, Box, dict[str, str]]:
    """A hint whose digit has the given look on black or white paper."""

    def paper(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> hint.Paper:
        row[:, :TILE] = BLACK if dark else WHITE
        return hint.Paper(0, 0, TILE, TILE, (WHITE if dark else BLACK,) * 2)

    row, boxes, way = hint.write(rng, scheme, icon, digit, face, paper, _LOOKS[look])
    shown = {"hint": "white on black" if dark else "black on white", "digit": way,
             "numeral": look, "frame": "none"}  # fmt: skip
    return row, *boxes, shown


PROBLEMS: Mapping[str, Problem] = {
    "digits": Problem(replace(EASY, name="digits", p_tone=0.0), _hard_digit),
    "crowded": Problem(
        replace(EASY, name="crowded", planets=(9, 16), gap=(0.7, 1.0), icon_size=(18, 28),
                p_repeat=0.9, p_cut=0.8)
    ),
    "look-alikes": Problem(
        replace(EASY, name="look-alikes", planets=(5, 9), icon_size=(26, 34), likeness=0.93,
                p_lookalike=1.0, lookalikes=4, alike=0.82)
    ),
    "centres": Problem(
        replace(EASY, name="centres", planets=(7, 12), icon_size=(18, 24), p_off_centre=1.0,
                outside=30.0, p_ellipse=0.6, p_uneven=0.4, p_no_orbits=0.5, p_no_sun=0.8)
    ),
    "noisy": Problem(
        replace(EASY, name="noisy", p_noise=1.0, noise=(10, 25), p_blur=0.6, blur=(0.5, 1.3),
                p_resample=0.4, jpeg=(25, 70))
    ),
}  # fmt: skip


def draw_problem(
    name: str, seed: int, index: int, assets: Assets = "held-out", styles: Styles = "train"
) -> Drawn:
    """Draw puzzle `index` of a problem's set; `truth.difficulty` is the problem's name.

    For the rest see `draw`. Raises GenerateError for a problem that there is not.
    """
    if name not in PROBLEMS:
        raise GenerateError(f"a problem is one of {', '.join(PROBLEMS)}, not {name!r}")
    problem, rng = PROBLEMS[name], stream(seed, index)
    looks = choose_looks(seed, index, styles)
    face = digits.any_face(rng, faces(assets))
    brief = Brief(seed, index, problem.level, assets, styles, looks, face)
    return paint(rng, problem.stress(index, brief))
