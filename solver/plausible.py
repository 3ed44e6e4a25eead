"""Whether what the stages saw is a puzzle at all."""

from __future__ import annotations

import numpy as np

from solver.errors import PictureError
from solver.solution import TILES
from solver.stages import Stages

#: A picture less plausible than this is refused: 80 of 100 drawn pictures that are no puzzle, a
#: third of which are puzzles with a part missing or foreign, none of 800 held-out puzzles of
#: trained styles, 3 of 400 of styles never trained on. An answer that is unsure is no reason:
#: refused, it would surely be wrong.
LEAST = 0.1


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
        f"tiles {_planets(stages):.0%}. Give five tiles in the top row and the hint below at the "
        "left, upright and cropped to the puzzle."
    )
    raise PictureError("not_a_puzzle", message)


def plausibility(stages: Stages) -> float:
    """How sure the stages are of what every puzzle has, as a product in 0..1.

    A hint with a digit and an icon (the geometric mean of their scores), and a planet in each of
    five tiles.
    """
    hint = np.sqrt(stages.hint.digit_score * stages.hint.icon_score)
    return float(hint * _planets(stages) ** TILES)


def _planets(stages: Stages) -> float:
    """The score of a tile's surest planet, as a mean over the tiles: one missed is no end."""
    return float(np.mean([tile.scores.max(initial=0.0) for tile in stages.found.planets]))
