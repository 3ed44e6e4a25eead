"""What is known beforehand of a picture, in place of what a stage would find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from solver.arrays import Floats
    from solver.geometry import Geometry
    from solver.hint import Hint
    from solver.planets import Found


@dataclass(frozen=True, slots=True)
class Known:
    """Results that take the place of their stages', which then do not run; fields as in `Stages`.

    A stage that runs builds on what is known: with `found` known alone, orbits, ranks and matches
    are those of the known planets.
    """

    hint: Hint | None = None
    digits: Floats | None = None
    found: Found | None = None
    geometry: Geometry | None = None
    ranks: Sequence[NDArray[Any]] | None = None
    similarities: Sequence[Floats] | None = None


#: Nothing is known; every stage runs.
NOTHING = Known()
