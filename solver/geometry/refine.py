"""Many hypotheses refined at once: a robust mixture of five orbits and a background."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from solver.geometry.evidence import Evidence
from solver.geometry.orbits import Array
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
#: Samples of an orbit when its length inside the tile is measured.
SAMPLES = 48
#: Least length inside the tile, px, that an orbit with planets may have.
LEAST_VISIBLE = 30.0

_CIRCLE = 2 * np.pi * np.arange(SAMPLES) / SAMPLES
#: Second differences of five radii.
_BEND = np.diff(np.eye(ORBITS), n=2, axis=0)


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """H guesses at the orbits: the form (1+p) x² + 2 q x y + (1-p) y² = r² around a centre.

    `centre` (H, 2) px, `stretch` p and `shear` q (H,), `radii` r (H, 5) px, `spread` (H,) px.
    """

    centre: Array
    stretch: Array
    shear: Array
    radii: Array
    spread: Array

    def __len__(self) -> int:
        return len(self.centre)

    def take(self, index: NDArray[np.int64]) -> Hypotheses:
        """The hypotheses at the given positions, in that order."""
        return Hypotheses(
            self.centre[index],
            self.stretch[index],
            self.shear[index],
            self.radii[index],
            self.spread[index],
        )

    def offsets(self, points: Array) -> tuple[Array, Array, Array]:
        """Offsets x, y from the centre and elliptic radius of points (M, 2): each (H, M)."""
        x = points[None, :, 0] - self.centre[:, :1]
        y = points[None, :, 1] - self.centre[:, 1:]
        p, q = self.stretch[:, None], self.shear[:, None]
        square = (1 + p) * x * x + 2 * q * x * y + (1 - p) * y * y
        return x, y, np.sqrt(np.maximum(square, 1e-6))


def evenly_spaced(places: Hypotheses, first: Array, spacing: Array) -> Hypotheses:
    """The same centres and ellipses with orbits from their first radius and spacing (H,)."""
    radii = first[:, None] + spacing[:, None] * np.arange(ORBITS)
    return replace(places, radii=radii, spread=np.full(len(places), 2.0))


def join(*parts: Hypotheses) -> Hypotheses:
    """All hypotheses of the parts, in order."""
    return Hypotheses(
        np.concatenate([part.centre for part in parts]),
        np.concatenate([part.stretch for part in parts]),
        np.concatenate([part.shear for part in parts]),
        np.concatenate([part.radii for part in parts]),
        np.concatenate([part.spread for part in parts]),
    )


def visible_lengths(hypotheses: Hypotheses) -> Array:
    """Length of each orbit inside the tile (H, 5), px, as if the ellipse were a circle."""
    x = hypotheses.centre[:, 0, None, None] + hypotheses.radii[:, :, None] * np.cos(_CIRCLE)
    y = hypotheses.centre[:, 1, None, None] + hypotheses.radii[:, :, None] * np.sin(_CIRCLE)
    inside = (np.abs(x - TILE / 2) <= TILE / 2) & (np.abs(y - TILE / 2) <= TILE / 2)
    return np.asarray(inside.mean(axis=2) * 2 * np.pi * hypotheses.radii)


def densities(
    hypotheses: Hypotheses, evidence: Evidence, radius: Array, spread: Array
) -> tuple[Array, Array]:
    """Density of each point on each orbit (H, 5, M) and on the background (M,), per px².

    A planet is as likely on one orbit as on another; a ridge point as on any px of line. An
    orbit that is hardly in the tile holds nothing.
    """
    length = visible_lengths(hypotheses)
    length = np.where(length < LEAST_VISIBLE, np.inf, length)
    shown = np.where(np.isfinite(length), length, 0.0).sum(axis=1)
    scale = 1 / (spread * np.sqrt(2 * np.pi))
    planet = scale[:, None] / (ORBITS * length)
    ridge = np.where(np.isfinite(length), 1.0, 0.0) * (scale / np.maximum(shown, 1.0))[:, None]
    gap = (radius[:, None, :] - hypotheses.radii[:, :, None]) / spread[:, None, None]
    bell = np.exp(-0.5 * gap * gap)
    bell[:, :, : evidence.planets] *= planet[:, :, None]
    bell[:, :, evidence.planets :] *= ridge[:, :, None]
    return bell * evidence.inlier, (1 - evidence.inlier) / TILE**2


def step(hypotheses: Hypotheses, evidence: Evidence, spread: Array) -> Hypotheses:
    """One Gauss-Newton step on the mixture with the given spreads (H,), px."""
    x, y, radius = hypotheses.offsets(evidence.points)
    on, off = densities(hypotheses, evidence, radius, spread)
    share = on / (on.sum(axis=1, keepdims=True) + off)
    weight = share * evidence.weights / (spread**2)[:, None, None]
    gap = radius[:, None, :] - hypotheses.radii[:, :, None]
    slope = _slopes(hypotheses, x, y, radius)
    hessian, gradient = _normal_equations(weight, gap, slope)
    _add_priors(hypotheses, hessian, gradient)
    change = np.linalg.solve(hessian, gradient[..., None])[..., 0]
    return _moved(hypotheses, np.asarray(change, np.float64))


def _slopes(hypotheses: Hypotheses, x: Array, y: Array, radius: Array) -> Array:
    """Derivatives of the elliptic radius by centre x, y, stretch and shear: (H, 4, M)."""
    p, q = hypotheses.stretch[:, None], hypotheses.shear[:, None]
    by_x = -((1 + p) * x + q * y) / radius
    by_y = -(q * x + (1 - p) * y) / radius
    return np.stack([by_x, by_y, (x * x - y * y) / (2 * radius), x * y / radius], axis=1)


def _normal_equations(weight: Array, gap: Array, slope: Array) -> tuple[Array, Array]:
    """Matrix (H, 9, 9) and right side (H, 9): centre, stretch, shear, then the five radii."""
    count = len(weight)
    total = weight.sum(axis=1)
    pull = weight * gap
    hessian = np.zeros((count, 4 + ORBITS, 4 + ORBITS))
    hessian[:, :4, :4] = np.einsum("ham,hbm->hab", slope * total[:, None, :], slope)
    cross = -np.einsum("ham,hkm->hak", slope, weight)
    hessian[:, :4, 4:] = cross
    hessian[:, 4:, :4] = cross.transpose(0, 2, 1)
    orbit = np.arange(4, 4 + ORBITS)
    hessian[:, orbit, orbit] = weight.sum(axis=2)
    gradient = np.concatenate(
        [-np.einsum("ham,hm->ha", slope, pull.sum(axis=1)), pull.sum(axis=2)], axis=1
    )
    return hessian, gradient


def _add_priors(hypotheses: Hypotheses, hessian: Array, gradient: Array) -> None:
    """Adds what the priors pull at, in place; a weak damping keeps lone points solvable."""
    diagonal = np.arange(4 + ORBITS)
    hessian[:, diagonal, diagonal] += np.array([0.01, 0.01, 20.0, 20.0] + [0.01] * ORBITS)
    for index, value in ((2, hypotheses.stretch), (3, hypotheses.shear)):
        hessian[:, index, index] += 1 / STRETCH_DEVIATION**2
        gradient[:, index] -= value / STRETCH_DEVIATION**2
    spacing = np.maximum((hypotheses.radii[:, 4] - hypotheses.radii[:, 0]) / 4, 1.0)
    stiff = 1 / (UNEVEN * spacing) ** 2
    bend = _BEND.T @ _BEND
    hessian[:, 4:, 4:] += stiff[:, None, None] * bend
    gradient[:, 4:] -= stiff[:, None] * np.einsum("kl,hl->hk", bend, hypotheses.radii)
    firm = 1 / (FIRST_DEVIATION * FIRST_OVER_SPACING * spacing) ** 2
    hessian[:, 4, 4] += firm
    gradient[:, 4] -= firm * (hypotheses.radii[:, 0] - FIRST_OVER_SPACING * spacing)


def _moved(hypotheses: Hypotheses, change: Array) -> Hypotheses:
    """The hypotheses after a step, each part of it bounded."""
    change[:, :2] = np.clip(change[:, :2], -12, 12)
    change[:, 2:4] = np.clip(change[:, 2:4], -0.06, 0.06)
    change[:, 4:] = np.clip(change[:, 4:], -12, 12)
    form = np.stack([hypotheses.stretch, hypotheses.shear], axis=1) + change[:, 2:4]
    size = np.hypot(form[:, 0], form[:, 1])
    form *= (np.minimum(size, MOST_STRETCH) / np.maximum(size, 1e-9))[:, None]
    radii = np.maximum(hypotheses.radii + change[:, 4:], 4.0 + 4.0 * np.arange(ORBITS))
    return replace(
        hypotheses,
        centre=np.clip(hypotheses.centre + change[:, :2], -60.0, TILE + 60.0),
        stretch=form[:, 0],
        shear=form[:, 1],
        radii=np.maximum.accumulate(radii, axis=1),
    )


def with_spread(hypotheses: Hypotheses, evidence: Evidence) -> Hypotheses:
    """The hypotheses with the spread of the planets that each one sees on its orbits."""
    _, _, radius = hypotheses.offsets(evidence.points)
    on, off = densities(hypotheses, evidence, radius, hypotheses.spread)
    share = on / (on.sum(axis=1, keepdims=True) + off)
    share = share[:, :, : evidence.planets]
    gap = (radius[:, None, :] - hypotheses.radii[:, :, None])[:, :, : evidence.planets]
    square = (share * gap * gap).sum(axis=(1, 2)) + 4 * 1.5**2
    spread = np.sqrt(square / (share.sum(axis=(1, 2)) + 4))
    return replace(hypotheses, spread=np.clip(spread, *SPREAD))
