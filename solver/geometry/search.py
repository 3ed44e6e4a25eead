"""The coarse search: evenly spaced orbits around every place where the sun could be."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from solver.geometry.evidence import Evidence
from solver.geometry.orbits import Array
from solver.geometry.prior import (
    centre_log_prior,
    radii_log_prior,
    stretch_log_prior,
    sun_log_evidence,
)
from solver.geometry.refine import Hypotheses, evenly_spaced
from solver.solution import ORBITS, TILE

Whole = NDArray[np.int64]

#: Candidate centres around the middle, around the corners and elsewhere, px: orbits around the
#: middle are smaller, so that their centre has to be known better.
MIDDLE = np.arange(-30.0, 31.0, 6.0)
CORNER = np.arange(-30.0, 31.0, 10.0)
ELSEWHERE = np.arange(-10.0, TILE + 11.0, 10.0)
#: Around the middle, where all of an orbit is seen, ellipses of this stretch are tried as well.
STRETCH = 0.1
STRETCHED = 6
#: Width of a bin of radii, px, and the number of bins.
BIN = 2
BINS = 150
#: Spacings and first radii that are tried, px.
SPACINGS = np.concatenate([np.arange(9.0, 22.0), np.arange(22.0, 54.0, 2.0)])
FIRST = np.arange(8, 140, BIN)
#: Standard deviation of the radius kernel, px: the grid and its circles are coarse.
BLUR = 3.0
#: A start this close to a better one is dropped: centre, first radius, spacing, px; stretch.
APART = (12.0, 6.0, 2.5, 0.07)


@lru_cache(maxsize=1)
def places() -> Hypotheses:
    """Candidate centres and ellipses (C,); their radii are not filled in."""
    middle = _grid(MIDDLE) + TILE / 2
    corners = np.concatenate([_grid(CORNER) + corner for corner in _grid(np.array([0.0, TILE]))])
    away = _grid(ELSEWHERE)
    gap = np.abs(away[:, None, :] - np.concatenate([middle, corners])).max(axis=2).min(axis=1)
    round_ = np.concatenate([middle, corners, away[gap > 6.0]])
    turn = np.repeat(2 * np.pi * np.arange(STRETCHED) / STRETCHED, len(middle))
    rest = np.zeros(len(round_))
    centre = np.concatenate([round_, np.tile(middle, (STRETCHED, 1))])
    zero = np.zeros(len(centre))
    stretch = np.concatenate([rest, STRETCH * np.cos(turn)])
    shear = np.concatenate([rest, STRETCH * np.sin(turn)])
    return Hypotheses(centre, stretch, shear, np.zeros((len(centre), ORBITS)), zero)


def _grid(side: Array) -> Array:
    x, y = np.meshgrid(side, side)
    return np.stack([x.ravel(), y.ravel()], axis=1)


@lru_cache(maxsize=1)
def _gains() -> NDArray[np.float32]:
    """What one planet adds to an orbit of each bin and place (BINS, C): shorter orbits more."""
    turn = 2 * np.pi * np.arange(96) / 96
    x, y = np.cos(turn, dtype=np.float32), np.sin(turn, dtype=np.float32)
    away = (places().centre - TILE / 2).astype(np.float32)
    gains = np.zeros((BINS, len(places())))
    for index, radius in enumerate(BIN * np.arange(BINS, dtype=np.float32)):
        inside = np.abs(away[:, :1] + radius * x) <= TILE / 2
        inside &= np.abs(away[:, 1:] + radius * y) <= TILE / 2
        length = inside.mean(axis=1) * 2 * np.pi * radius
        gain = 0.2 * TILE * TILE / (0.1 * np.maximum(length, 30.0) * BLUR * np.sqrt(2 * np.pi))
        gains[index] = np.where(length < 30.0, 0.0, np.log1p(gain))
    return gains.astype(np.float32)


def starts(evidence: Evidence, count: int) -> Hypotheses:
    """The best starting points, far enough from each other.

    The log likelihood of separate orbits is the sum over the orbits, so that every centre,
    first radius and spacing is scored by five look-ups.
    """
    teeth = _teeth(evidence)
    base = sun_log_evidence(evidence.sun, places().centre) + _place_prior()
    best = np.stack([_comb(teeth, index).max(axis=0) for index in range(len(SPACINGS))])
    return _spread_out(best + base, teeth, count)


def _teeth(evidence: Evidence) -> NDArray[np.float32]:
    """Log-likelihood gain of an orbit of each radius around each place (BINS, C)."""
    count = len(places())
    bins = np.minimum(_distances(evidence.points) * np.float32(1 / BIN) + np.float32(0.5), BINS)
    flat = bins.astype(np.int64)  # what bincount counts with: others it copies
    flat *= count
    flat += np.arange(count)
    mass = np.repeat(evidence.weights * evidence.inlier, count)
    histogram = np.bincount(flat.ravel(), mass, minlength=(BINS + 1) * count)
    smooth = _blur(histogram.reshape(BINS + 1, count)[:BINS].astype(np.float32))
    return smooth * _gains()


def _distances(points: Array) -> NDArray[np.float32]:
    """Elliptic radius of points (M, 2) around each place (M, C)."""
    place = places()
    spots, centre = points.astype(np.float32), place.centre.astype(np.float32)
    x, y = (spots[:, axis, None] - centre[:, axis] for axis in (0, 1))
    p, q = place.stretch.astype(np.float32), place.shear.astype(np.float32)
    square = (1 + p) * x * x + 2 * q * x * y + (1 - p) * y * y
    return np.asarray(np.sqrt(np.maximum(square, np.float32(1e-6))), np.float32)


def _blur(histogram: NDArray[np.float32]) -> NDArray[np.float32]:
    """Histogram (BINS, C) convolved along its bins with a Gaussian of peak one."""
    reach = int(np.ceil(2.5 * BLUR / BIN))
    padded = np.pad(histogram, ((reach, reach), (0, 0)))
    smooth = np.zeros_like(histogram)
    for step in range(-reach, reach + 1):
        height = np.float32(np.exp(-0.5 * (step * BIN / BLUR) ** 2))
        smooth += height * padded[reach + step : reach + step + BINS]
    return smooth


def _comb(teeth: NDArray[np.float32], spacing: int) -> NDArray[np.float32]:
    """Score of each first radius at each place (len(FIRST), C), for one of the SPACINGS."""
    low = int(FIRST[0]) // BIN
    total: NDArray[np.float32] = teeth[low : low + len(FIRST)].copy()
    total += _shape_prior()[spacing][:, None]
    for orbit in range(1, ORBITS):
        offset = low + round(orbit * float(SPACINGS[spacing]) / BIN)
        part = teeth[offset : offset + len(FIRST)]
        total[: len(part)] += part
    return total


def _first(teeth: NDArray[np.float32], spacings: Whole, columns: Whole) -> Array:
    """The best first radius for each pair (N,) of a spacing's and a place's number."""
    first = np.empty(len(columns))
    for spacing in np.unique(spacings):
        of_it = spacings == spacing
        first[of_it] = FIRST[_comb(teeth[:, columns[of_it]], int(spacing)).argmax(axis=0)]
    return first


@lru_cache(maxsize=1)
def _place_prior() -> Array:
    """Log prior of each place (C,)."""
    place = places()
    return centre_log_prior(place.centre) + stretch_log_prior(place.stretch, place.shear)


@lru_cache(maxsize=1)
def _shape_prior() -> NDArray[np.float32]:
    """Log prior of each spacing and first radius (len(SPACINGS), len(FIRST))."""
    radii = FIRST[None, :, None] + SPACINGS[:, None, None] * np.arange(ORBITS)
    prior = radii_log_prior(radii.reshape(-1, ORBITS))
    return prior.reshape(len(SPACINGS), len(FIRST)).astype(np.float32)


def _spread_out(score: Array, teeth: NDArray[np.float32], count: int) -> Hypotheses:
    """Greedy choice of high scores (len(SPACINGS), C), apart from the ones already chosen."""
    flat = np.round(score.ravel(), 4)
    pool = min(len(flat), 40 * count)
    order = np.argpartition(-flat, pool - 1)[:pool]
    order = order[np.lexsort((order, -flat[order]))]
    spacings, columns = np.divmod(order, len(places()))
    first = _first(teeth, spacings, columns)
    found = evenly_spaced(places().take(columns), first, SPACINGS[spacings])
    spacing = found.radii[:, 1] - found.radii[:, 0]
    traits = np.stack([*found.centre.T, found.radii[:, 0], spacing, found.stretch, found.shear])
    traits /= np.array([APART[0], *APART[:3], APART[3], APART[3]])[:, None]
    left = np.ones(pool, np.bool_)
    chosen: list[int] = []
    while left.any() and len(chosen) < count:
        pick = int(left.argmax())
        chosen.append(pick)
        left &= np.abs(traits - traits[:, pick, None]).max(axis=0) > 1.0
    return found.take(np.array(chosen, np.int64))
