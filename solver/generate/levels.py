"""How hard a puzzle is drawn: every knob that difficulty turns, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from solver.generate.chance import Rng, pick
from solver.generate.errors import GenerateError

Difficulty = Literal["easy", "medium", "hard", "mix"]


@dataclass(frozen=True, slots=True)
class Level:
    """The knobs. Ranges are uniform; probabilities are named `p_`.

    `planets`: per tile. `gap`: least distance of two planets in parts of their mean size.
    `icon_size`: px. `contrast`: least luma difference between an icon and what lies under it.
    `likeness`: how alike a distractor may be to the asked icon (1: the same). `orbit_contrast`:
    luma difference of orbit lines. `jpeg`: quality. `noise`: sigma. `blur`: sigma in px.
    `digits`: those that may be asked for, one as likely as another. `lookalikes`: how many of a
    tile's planets resemble the asked one when some do. `alike`: how much they do at least; when not
    0, an icon without so many look-alikes is not asked for. `outside`: how far in px a centre that
    may be anywhere goes beyond the tile's edge; negative: how far it keeps inside.
    """

    name: str
    planets: tuple[int, int]
    gap: tuple[float, float]
    icon_size: tuple[float, float]
    contrast: float
    likeness: float
    p_lookalike: float
    p_repeat: float
    p_cut: float
    orbit_contrast: tuple[float, float]
    p_no_orbits: float
    p_no_sun: float
    p_off_centre: float
    p_ellipse: float
    p_uneven: float
    p_busy: float
    jpeg: tuple[int, int]
    p_noise: float
    noise: tuple[float, float]
    p_blur: float
    blur: tuple[float, float]
    p_tone: float
    p_grey: float
    p_invert: float
    p_resample: float
    p_other_size: float
    digits: tuple[int, ...] = (1, 2, 3, 4, 5)
    lookalikes: int = 1
    alike: float = 0.0
    outside: float = -20.0


EASY = Level(
    "easy", (3, 8), (1.2, 1.5), (23, 32), 100, 0.7, 0.0, 0.15, 0.0, (45, 110), 0.0, 0.05, 0.0,
    0.05, 0.1, 0.15, (80, 96), 0.1, (1, 4), 0.0, (0, 0), 0.1, 0.04, 0.04, 0.0, 0.05,
)  # fmt: skip
MEDIUM = Level(
    "medium", (4, 12), (1.02, 1.3), (19, 32), 68, 0.84, 0.35, 0.35, 0.1, (18, 90), 0.12, 0.2, 0.1,
    0.2, 0.3, 0.4, (50, 95), 0.4, (2, 12), 0.25, (0.3, 0.8), 0.35, 0.08, 0.08, 0.15, 0.15,
)  # fmt: skip
HARD = Level(
    "hard", (6, 15), (0.78, 1.1), (16, 34), 48, 0.92, 0.8, 0.6, 0.35, (7, 50), 0.3, 0.35, 0.25,
    0.35, 0.45, 0.7, (25, 92), 0.7, (4, 25), 0.45, (0.4, 1.3), 0.6, 0.12, 0.12, 0.35, 0.25,
)  # fmt: skip
LEVELS = {level.name: level for level in (EASY, MEDIUM, HARD)}


def level_of(difficulty: str, rng: Rng) -> Level:
    """The level of a difficulty; `mix` is each of the three in a third of the puzzles."""
    if difficulty not in get_args(Difficulty):
        raise GenerateError(
            f"difficulty must be one of {', '.join(get_args(Difficulty))}, not {difficulty!r}"
        )
    choice = pick(rng, (EASY, MEDIUM, HARD))
    return choice if difficulty == "mix" else LEVELS[difficulty]
