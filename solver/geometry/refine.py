"""Many hypotheses refined at once: a robust mixture of five orbits and a background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.geometry.evidence import Evidence
from solver.geometry.orbits import Array, visible_lengths
from solver.geometry.prior import (
    FIRST_DEVIATION,
    FIRST_OVER_SPACING,
    STRETCH_DEVIATION,
    UNEVEN,
)
from solver.solution import ORBITS, TILE

#: Largest stretch that is believed: an axis ratio of about 0.8.
MOST_STRETCH = 0.22
#: Bounds of the spread of planets around their orbit, px.
SPREAD = (1.0, 4.0)
#: The spread that is expected, px, and how many planets this expectation is worth.
USUAL_SPREAD, USUAL_PLANETS = 1.5, 4.0
#: Least length inside the tile, px, that an orbit with planets may have.
LEAST_VISIBLE = 30.0

#: Bounds of a hypothesis' numbers, and of what one step may change.
_LEAST = np.array([-60.0, -60.0, -1.0, -1.0, *(4.0 + 4.0 * np.arange(ORBITS))])
_MOST = np.array([TILE + 60.0, TILE + 60.0, 1.0, 1.0] + [np.inf] * ORBITS)
_STRIDE = np.array([12.0, 12.0, 0.06, 0.06] + [12.0] * ORBITS)
#: What the priors add to the diagonal; some of it is damping that keeps lone points solvable.
_STIFF = np.array([0.0, 0.0] + [1 / STRETCH_DEVIATION**2] * 2 + [0.0] * ORBITS)
_DAMPED = _STIFF + np.array([0.01, 0.01, 20.0, 20.0] + [0.01] * ORBITS)
#: Square of the second differences of five radii.
_BEND = np.diff(np.eye(ORBITS), n=2, axis=0).T @ np.diff(np.eye(ORBITS), n=2, axis=0)


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """H guesses at the orbits: the form (1+p) x² + 2 q x y + (1-p) y² = r² around a centre.

    `numbers` (H, 9) are the centre x and y in px, the stretch p, the shear q and five radii r in
    px; `spread` (H,) px.
    """

    numbers: Array
    spread: Array

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def centre(self) -> Array:
        """Centres (H, 2), px."""
        return self.numbers[:, :2]

    @property
    def stretch(self) -> Array:
        """The p of each form (H,)."""
        return self.numbers[:, 2]

    @property
    def shear(self) -> Array:
        """The q of each form (H,)."""
        return self.numbers[:, 3]

    @property
    def radii(self) -> Array:
        """Radii (H, 5), px."""
        return self.numbers[:, 4:]

    @property
    def spacing(self) -> Array:
        """Mean distance of neighbouring orbits (H,), px."""
        return (self.numbers[:, -1] - self.numbers[:, 4]) / (ORBITS - 1)

    def take(self, index: NDArray[np.int64]) -> Hypotheses:
        """The hypotheses at the given positions, in that order."""
        return Hypotheses(self.numbers[index], self.spread[index])

    def distances(self, points: Array) -> Array:
        """Elliptic radius of points (M, 2): (H, M)."""
        x, y, by_x, by_y = _offsets(self, points)
        return _radius(x * by_x + y * by_y)


def join(*parts: Hypotheses) -> Hypotheses:
    """All hypotheses of the parts, in order."""
    numbers = np.concatenate([part.numbers for part in parts])
    return Hypotheses(numbers, np.concatenate([part.spread for part in parts]))


def apart(rows: Array, least: Array, count: int) -> NDArray[np.int64]:
    """Positions of the first rows (N, D), best first, that differ from each other by `least` (D,).

    Rows differ that do so in one of their columns; at most `count` are taken.
    """
    left = np.ones(len(rows), np.bool_)
    chosen: list[int] = []
    while left.any() and len(chosen) < count:
        chosen.append(int(left.argmax()))
        left &= (np.abs(rows - rows[chosen[-1]]) > least).any(axis=1)
    return np.array(chosen, np.int64)


def densities(hypotheses: Hypotheses, evidence: Evidence, gap: Array, spread: Array) -> Array:
    """Density of each point on each orbit (H, 5, M), per px², for its `gap` from the orbit.

    A planet is as likely on one orbit as on another; a ridge point as on any px of line. An
    orbit that is hardly in the tile holds nothing.
    """
    length = visible_lengths(hypotheses.centre, hypotheses.radii)
    seen = length >= LEAST_VISIBLE
    shown = np.maximum((length * seen).sum(axis=1, keepdims=True), 1.0)
    scale = seen / (spread * np.sqrt(2 * np.pi))[:, None]
    density = gap / spread[:, None, None]
    density *= density
    density *= -0.5
    np.exp(density, out=density)
    density[:, :, : evidence.planets] *= (scale / (ORBITS * np.maximum(length, 1.0)))[:, :, None]
    density[:, :, evidence.planets :] *= (scale / shown)[:, :, None]
    return density


def step(hypotheses: Hypotheses, evidence: Evidence, spread: Array) -> Hypotheses:
    """One Gauss-Newton step on the mixture with the given spreads (H,), px.

    The spread of the result is that of the planets around the orbits as they were.
    """
    radius, slope = _polar(hypotheses, evidence.points)
    gap = radius[:, None, :] - hypotheses.radii[:, :, None]
    share = densities(hypotheses, evidence, gap, spread)
    share /= (share.sum(axis=1) + evidence.against)[:, None, :]
    pull = share * gap
    observed = _observed(share, gap, pull, evidence.planets)
    share *= evidence.weights
    pull *= evidence.weights
    hessian, gradient = _normal_equations(share, pull, slope)
    precision = 1 / (spread * spread)
    hessian *= precision[:, None, None]
    gradient *= precision[:, None]
    _add_priors(hypotheses, hessian, gradient)
    change = np.linalg.solve(hessian, gradient[..., None])[..., 0]
    return Hypotheses(_moved(hypotheses.numbers, np.asarray(change, np.float64)), observed)


def _polar(hypotheses: Hypotheses, points: Array) -> tuple[Array, Array]:
    """Elliptic radius of points (M, 2), (H, M), and its slopes (H, 4, M).

    The slopes are by centre x, y, stretch and shear.
    """
    x, y, by_x, by_y = _offsets(hypotheses, points)
    radius = _radius(x * by_x + y * by_y)
    slope = np.stack([-by_x, -by_y, (x * x - y * y) / 2, x * y], axis=1)
    slope /= radius[:, None, :]
    return radius, slope


def _offsets(hypotheses: Hypotheses, points: Array) -> tuple[Array, Array, Array, Array]:
    """Offsets x, y of points (M, 2) from each centre, and the form times them: (H, M) each."""
    x = points[:, 0] - hypotheses.numbers[:, :1]
    y = points[:, 1] - hypotheses.numbers[:, 1:2]
    p, q = hypotheses.stretch[:, None], hypotheses.shear[:, None]
    return x, y, (1 + p) * x + q * y, q * x + (1 - p) * y


def _radius(square: Array) -> Array:
    return np.asarray(np.sqrt(np.maximum(square, 1e-6)))


def _observed(share: Array, gap: Array, pull: Array, planets: int) -> Array:
    """Spread (H,) of the planets around the orbits, next to what is usual."""
    square = np.einsum("hkm,hkm->h", pull[:, :, :planets], gap[:, :, :planets])
    count = share[:, :, :planets].sum(axis=(1, 2)) + USUAL_PLANETS
    spread = np.sqrt((square + USUAL_PLANETS * USUAL_SPREAD**2) / count)
    return np.asarray(np.minimum(np.maximum(spread, SPREAD[0]), SPREAD[1]))


def _normal_equations(weight: Array, pull: Array, slope: Array) -> tuple[Array, Array]:
    """Matrix (H, 9, 9) and right side (H, 9): centre, stretch, shear, then the five radii."""
    whole = slope * weight.sum(axis=1)[:, None, :]
    right = np.concatenate([whole, -weight, -pull.sum(axis=1)[:, None, :]], axis=1)
    product = slope @ right.transpose(0, 2, 1)
    hessian = np.zeros((len(weight), 4 + ORBITS, 4 + ORBITS))
    hessian[:, :4] = product[:, :, :-1]
    hessian[:, 4:, :4] = hessian[:, :4, 4:].transpose(0, 2, 1)
    orbit = np.arange(4, 4 + ORBITS)
    hessian[:, orbit, orbit] = weight.sum(axis=2)
    return hessian, np.concatenate([product[:, :, -1], pull.sum(axis=2)], axis=1)


def _add_priors(hypotheses: Hypotheses, hessian: Array, gradient: Array) -> None:
    """Adds what the priors pull at, in place."""
    diagonal = np.arange(4 + ORBITS)
    hessian[:, diagonal, diagonal] += _DAMPED
    gradient -= _STIFF * hypotheses.numbers
    spacing = np.maximum(hypotheses.spacing, 1.0)
    bend = _BEND * (1 / (UNEVEN * spacing) ** 2)[:, None, None]
    firm = 1 / (FIRST_DEVIATION * FIRST_OVER_SPACING * spacing) ** 2
    bend[:, 0, 0] += firm
    hessian[:, 4:, 4:] += bend
    gradient[:, 4:] -= (bend @ hypotheses.radii[:, :, None])[..., 0]
    gradient[:, 4] += firm * FIRST_OVER_SPACING * spacing


def _moved(numbers: Array, change: Array) -> Array:
    """The numbers (H, 9) after a step, each part of it bounded."""
    moved: Array = numbers + np.minimum(np.maximum(change, -_STRIDE), _STRIDE)
    moved = np.minimum(np.maximum(moved, _LEAST), _MOST)
    size = np.hypot(moved[:, 2], moved[:, 3])
    moved[:, 2:4] *= (MOST_STRETCH / np.maximum(size, MOST_STRETCH))[:, None]
    moved[:, 4:] = np.maximum.accumulate(moved[:, 4:], axis=1)
    return moved
