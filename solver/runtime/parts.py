"""Running a net that always takes the same number of inputs on any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.runtime import Net


def in_parts(net: Net, inputs: Sequence[NDArray[Any]], size: int) -> tuple[Floats, ...]:
    """The outputs for inputs (N, …) of a net that takes `size` at a time.

    The last part is filled up with zeros, so that each input is computed in the same way whatever
    comes with it.
    """
    count = len(inputs[0])
    parts = [
        net(*(_filled(each[start : start + size], size) for each in inputs))
        for start in range(0, max(count, 1), size)
    ]
    if len(parts) == 1:
        return tuple(output[:count] for output in parts[0])
    return tuple(np.concatenate(outputs)[:count] for outputs in zip(*parts, strict=True))


def _filled(part: NDArray[Any], count: int) -> NDArray[Any]:
    if len(part) == count:
        return np.ascontiguousarray(part)
    full = np.zeros((count, *part.shape[1:]), part.dtype)
    full[: len(part)] = part
    return full
