"""Whether what the stages saw is a puzzle at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.errors import PictureError
from solver.solution import TILES
from solver.stages import Stages

#: A picture less plausible than this is refused. An answer that is unsure is no reason: refused, it
#: would surely be wrong. docs/results.md has the shares of puzzles and other pictures refused.
LEAST = -5.2

#: Odds, as a logarithm, of the icon being among a tile's planets that leave no doubt of a puzzle.
CLEAR = 5.0

#: What the digit weighs against the icon, which the tiles bear out.
DIGIT = 2.0

#: What planets cost that lie off the orbits, for each spacing of the orbits.
ASTRAY = 7.0

#: Shares are kept from 0 and 1 before a logarithm is taken.
FLOOR = 1e-4


def check(stages: Stages) -> None:
    """Refuse what is no puzzle instead of guessing.

    Raises:
        PictureError: `not_a_puzzle`, with what was missing.
    """
    if stages.decision.planet is not None and plausibility(stages) >= LEAST:
        return
    message = (
        "This does not look like a puzzle. How sure each part was seen: the hint's digit "
        f"{stages.hint.digit_score:.0%}, its icon {stages.hint.icon_score:.0%}, planets in the "
        f"tiles {_planets(stages):.0%}, the hint's icon in the tiles {_found(stages).mean():.0%}. "
        "Give five tiles in the top row and the hint below at the left, upright and cropped to the "
        "puzzle."
    )
    raise PictureError("not_a_puzzle", message)


def plausibility(stages: Stages) -> float:
    """How sure the stages are of what every puzzle has, at most 0, as a logarithm.

    A hint with a digit and an icon, planets in all five tiles, that icon in all of them, and
    planets that lie on orbits. A logistic regression of generated puzzles against drawn pictures of
    other things led to the weights.
    """
    digit = np.log(max(stages.hint.digit_score, FLOOR))
    icon = np.log(max(stages.hint.icon_score, FLOOR))
    planets = np.log(max(_planets(stages), FLOOR))
    found = np.clip(_found(stages), FLOOR, 1 - FLOOR)
    odds = float(np.log(found / (1 - found)).mean())
    seen = DIGIT * digit + icon + TILES * planets
    return float(seen + min(odds - CLEAR, 0.0) - ASTRAY * _astray(stages))


def _planets(stages: Stages) -> float:
    """The score of a tile's surest planet, as a mean over the tiles: one missed is no end."""
    return float(np.mean([tile.scores.max(initial=0.0) for tile in stages.found.planets]))


def _found(stages: Stages) -> NDArray[np.float64]:
    """The probability that the hint's icon is among the planets, of each tile (5,)."""
    return np.array([sum(tile) for tile in stages.decision.match_probabilities])


def _astray(stages: Stages) -> float:
    """How far planets lie off their orbits: the mean by their scores, in spacings of the orbits."""
    points = np.concatenate([tile.points for tile in stages.found.planets])
    scores = np.concatenate([tile.scores for tile in stages.found.planets])
    radii = np.asarray(stages.geometry.radii)
    off = np.abs(stages.geometry.distances(points)[:, None] - radii).min(axis=1)
    return float(np.average(off, weights=scores) / np.diff(radii).mean())
