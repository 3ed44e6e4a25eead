"""Random choices: one stream a puzzle, so that a puzzle depends on its seed and index alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
Rng = np.random.Generator


def stream(seed: int, index: int) -> Rng:
    """The random stream of puzzle `index` under `seed`."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(index,))))


def pick(rng: Rng, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
    """One of `options`, by `weights` when given."""
    if weights is None:
        return options[int(rng.integers(len(options)))]
    edges = np.cumsum(weights)
    return options[int(np.searchsorted(edges, rng.random() * edges[-1], side="right"))]


def between(rng: Rng, low: float, high: float) -> float:
    """A number from `low` to `high`, uniformly."""
    return float(low + (high - low) * rng.random())


def maybe(rng: Rng, probability: float) -> bool:
    """True with the given probability."""
    return bool(rng.random() < probability)
