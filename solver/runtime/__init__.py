"""Running the nets of a model: with OpenVINO on a CPU, with torch on a GPU."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from solver.arrays import Floats


class Net(Protocol):
    """A net ready to run."""

    def __call__(self, *inputs: NDArray[Any]) -> tuple[Floats, ...]:
        """Give the net's outputs, float32, for inputs that are alike along their first axis.

        Pictures are (N, H, W, C) uint8; other inputs are float32. What comes of one does not
        depend on the others.
        """
