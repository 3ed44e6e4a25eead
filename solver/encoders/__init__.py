"""Encoders that tell whether two crops show the same icon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.picture import Picture

#: Picks those of the hint's views that count, from how alike each view and planet are, (V, N).
Choose: TypeAlias = Callable[[Floats], NDArray[np.signedinteger[Any]]]


class Encoder(Protocol):
    """Compares views of the hint's icon with planets."""

    def likeness(self, views: Picture, planets: Picture, choose: Choose) -> Floats:
        """How much each planet looks like the icon: (N,) in -1..1, a mean over the chosen views.

        `views` (V, S, S, 3) and `planets` (N, S, S, 3) are uint8 crops.
        """
