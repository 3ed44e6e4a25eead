"""What every stage gave for one picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from solver.arrays import Floats
from solver.decision import Decision
from solver.geometry import Geometry
from solver.hint import Hint
from solver.layout import Layout
from solver.planets import Found


@dataclass(frozen=True, slots=True)
class Stages:
    """What every stage gave for one picture, on the normalised scale.

    `digits` is (5,); `ranks` holds (N_i, 5) and `similarities` (N_i,) for the planets of each of
    the five tiles.
    """

    layout: Layout
    hint: Hint
    digits: Floats
    found: Found
    geometry: Geometry
    ranks: tuple[NDArray[Any], ...]
    similarities: tuple[Floats, ...]
    decision: Decision
