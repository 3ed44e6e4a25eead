"""From values to places along an axis, and the round numbers that stand at it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Steps between ticks that read well, within a power of ten.
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale: values from `low` to `high` stand from `start` to `end`, in SVG units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value stands; one that is out of range stands at the nearer end."""
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.0
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


def ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Round numbers within [low, high], about so many; the two ends where they are one."""
    span = high - low
    if not span > 0:
        return (low,)
    rough = span / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((s * power for s in STEPS if s * power >= rough * (1 - 1e-9)), 10 * power)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    inside = (min(high, max(low, k * step)) for k in range(first, last + 1))
    return tuple(inside)


def labels(shares: Sequence[float]) -> tuple[str, ...]:
    """Shares as per cent, all with as many decimals as tell them apart."""
    shown = [100 * share for share in shares]
    for decimals in range(7):
        words = [f"{value:.{decimals}f}" for value in shown]
        near = all(
            abs(float(w) - v) < 1e-6 * max(1, abs(v)) for w, v in zip(words, shown, strict=True)
        )
        if near:
            break
    return tuple(f"{word}%" for word in words) if shown else ()
