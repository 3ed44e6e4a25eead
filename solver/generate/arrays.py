"""Names of the arrays that the generator passes around."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

#: Coverage, (H, W) uint8, 255 is full.
Mask: TypeAlias = NDArray[np.uint8]
#: Coverage, (H, W) float32, 1 is full.
Alpha: TypeAlias = NDArray[np.floating[Any]]
#: Colours, (H, W, 3) float32 RGB, 0-255.
Canvas: TypeAlias = NDArray[np.floating[Any]]
#: Points, (N, 2) float, x and y.
Points: TypeAlias = NDArray[np.floating[Any]]
