"""The coarse search: evenly spaced orbits around every place where the sun could be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from solver.geometry.evidence import Evidence
from solver.geometry.orbits import Array, visible_lengths
from solver.geometry.prior import (
    centre_log_prior,
    radii_log_prior,
    stretch_log_prior,
    sun_log_evidence,
)
from solver.geometry.refine import LEAST_VISIBLE, Hypotheses, apart
from solver.solution import ORBITS, TILE

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]

#: Candidate centres around the middle, around the corners and elsewhere, px: orbits around the
#: middle are smaller, so that their centre has to be known better.
MIDDLE = np.arange(-30.0, 31.0, 6.0)
CORNER = np.arange(-30.0, 31.0, 10.0)
ELSEWHERE = np.arange(-10.0, TILE + 11.0, 10.0)
#: Around the middle, where all of an orbit is seen, ellipses of this stretch are tried as well,
#: in so many directions, at the centres that are the best ones for circles.
STRETCH = 0.1
STRETCHED = 6
BEST_MIDDLES = 8
#: Width of a bin of radii, px, and the number of bins.
BIN = 2
BINS = 150
#: Spacings and first radii that are tried, px.
SPACINGS = np.concatenate([np.arange(9.0, 22.0), np.arange(22.0, 54.0, 2.0)])
FIRST = np.arange(8, 140, BIN)
#: First radii this many standard deviations from what is usual are not tried.
UNUSUAL = 3.0
#: Standard deviation of the radius kernel, px: the grid and its circles are coarse.
BLUR = 3.0
_REACH = int(np.ceil(2.5 * BLUR / BIN))
_KERNEL = np.exp(-0.5 * (BIN / BLUR * np.arange(-_REACH, _REACH + 1.0)[:, None]) ** 2)
#: A start this close to a better one is dropped: centre, stretch, shear, first radius, spacing.
APART = np.array([12.0, 12.0, 0.07, 0.07, 6.0, 2.5])
#: Candidates that are looked at for each start.
POOL = 8


@dataclass(frozen=True, slots=True)
class Comb:
    """Five orbits with one spacing, moved along their first radii.

    `rows` are the bins of the five orbits when the first radius is the least that is tried,
    `prior` (F, 1) is the log prior of each one that is tried.
    """

    rows: tuple[int, ...]
    prior: Floats


def starts(evidence: Evidence, count: int) -> Hypotheses:
    """The best starting points, far enough from each other.

    The log likelihood of separate orbits is the sum over the orbits, so that every centre,
    first radius and spacing is scored by five look-ups.
    """
    teeth = _teeth(evidence, circles(), _gains())
    score = _score(evidence, circles(), teeth)
    middles = np.argsort(-score[:, : len(MIDDLE) ** 2].max(axis=0), kind="stable")[:BEST_MIDDLES]
    stretched, columns = _stretched(middles)
    more = _teeth(evidence, stretched, _gains()[:, columns])
    forms = np.concatenate([circles(), stretched])
    score = np.concatenate([score, _score(evidence, stretched, more)], axis=1)
    return _spread_out(forms, score, np.concatenate([teeth, more], axis=1), count)


@lru_cache(maxsize=1)
def circles() -> Array:
    """Candidate forms (C, 4): a centre, those around the middle first, no stretch, no shear."""
    middle = _grid(MIDDLE) + TILE / 2
    corners = np.concatenate([_grid(CORNER) + corner for corner in _grid(np.array([0.0, TILE]))])
    away = _grid(ELSEWHERE)
    gap = np.abs(away[:, None, :] - np.concatenate([middle, corners])).max(axis=2).min(axis=1)
    centres = np.concatenate([middle, corners, away[gap > 6.0]])
    return np.concatenate([centres, np.zeros_like(centres)], axis=1)


def _grid(side: Array) -> Array:
    x, y = np.meshgrid(side, side)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _stretched(places: Whole) -> tuple[Array, Whole]:
    """Ellipses (E, 4) around some of the circles' centres, and which circle (E,) each is from."""
    turn = 2 * np.pi * np.arange(STRETCHED) / STRETCHED
    columns = np.repeat(places, STRETCHED)
    forms = circles()[columns]
    forms[:, 2] = np.tile(STRETCH * np.cos(turn), len(places))
    forms[:, 3] = np.tile(STRETCH * np.sin(turn), len(places))
    return forms, columns


@lru_cache(maxsize=1)
def _gains() -> Floats:
    """What one planet adds to an orbit of each bin and circle (BINS + 1, C): short ones more."""
    centres = circles()[:, :2]
    radii = np.maximum(BIN * np.arange(BINS + 1.0), 1.0)
    length = visible_lengths(centres, np.tile(radii, (len(centres), 1))).T
    gain = 2 * TILE * TILE / (np.maximum(length, LEAST_VISIBLE) * BLUR * np.sqrt(2 * np.pi))
    gains = np.where(length < LEAST_VISIBLE, 0.0, np.log1p(gain))
    gains[BINS] = 0.0  # holds what is beyond the last bin
    return gains.astype(np.float32)


def _teeth(evidence: Evidence, forms: Array, gains: Floats) -> Floats:
    """Log-likelihood gain of an orbit of each radius of each form (BINS + 1, C)."""
    count = len(forms)
    flat = np.minimum(_bins(evidence.points, forms), BINS).astype(np.int64)
    flat *= count
    flat += np.arange(count)
    mass = np.repeat(evidence.weights * evidence.inlier, count)
    histogram = np.bincount(flat.ravel(), mass, minlength=(BINS + 1) * count)
    smooth = histogram.reshape(BINS + 1, count).astype(np.float32)
    smooth[BINS] = 0.0
    blurred = cv2.filter2D(smooth, -1, _KERNEL, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(blurred * gains, np.float32)


def _bins(points: Array, forms: Array) -> Floats:
    """Elliptic radius of points (M, 2) in bins, rounded when cut off, for each form (M, C)."""
    x, y = (
        points[:, axis, None].astype(np.float32) - forms[:, axis].astype(np.float32)
        for axis in (0, 1)
    )
    p, q = forms[:, 2].astype(np.float32), forms[:, 3].astype(np.float32)
    square = x * x * (1 + p) + y * y * (1 - p)
    if q.any():
        square += x * y * (2 * q)
    return np.asarray(np.sqrt(np.maximum(square, 0)) * np.float32(1 / BIN) + np.float32(0.5))


def _score(evidence: Evidence, forms: Array, teeth: Floats) -> Floats:
    """Log posterior of each spacing and form (len(SPACINGS), C), with its best first radius."""
    base = sun_log_evidence(evidence.sun, forms[:, :2]) + centre_log_prior(forms[:, :2])
    base += stretch_log_prior(forms[:, 2], forms[:, 3])
    score = np.stack([_comb(teeth, comb) for comb in _combs()])
    return np.asarray(score + base.astype(np.float32))


def _comb(teeth: Floats, comb: Comb) -> Floats:
    """Score of the best first radius of each form (C,)."""
    count = len(comb.prior)
    total = teeth[comb.rows[0] : comb.rows[0] + count] + comb.prior
    for row in comb.rows[1:]:
        part = teeth[row : row + count]
        total[: len(part)] += part
    return np.asarray(total.max(axis=0))


@lru_cache(maxsize=1)
def _combs() -> tuple[Comb, ...]:
    """One comb for each of the SPACINGS."""
    tried = np.isfinite(_shape_prior())
    rows = [tuple(each[usual][0].tolist()) for each, usual in zip(_rows(), tried, strict=True)]
    priors = [each[usual, None] for each, usual in zip(_shape_prior(), tried, strict=True)]
    return tuple(Comb(*each) for each in zip(rows, priors, strict=True))


@lru_cache(maxsize=1)
def _rows() -> Whole:
    """Bins of the five orbits of each spacing and first radius (len(SPACINGS), len(FIRST), 5)."""
    further = np.round(SPACINGS[:, None] * np.arange(ORBITS) / BIN).astype(np.int64)
    return np.asarray(np.minimum(FIRST[:, None] // BIN + further[:, None, :], BINS))


@lru_cache(maxsize=1)
def _shape_prior() -> Floats:
    """Log prior of each spacing and first radius (len(SPACINGS), len(FIRST))."""
    radii = FIRST[None, :, None] + SPACINGS[:, None, None] * np.arange(ORBITS)
    prior = radii_log_prior(radii.reshape(-1, ORBITS)).reshape(len(SPACINGS), len(FIRST))
    return np.where(prior < -0.5 * UNUSUAL**2, -np.inf, prior).astype(np.float32)


def _spread_out(forms: Array, score: Floats, teeth: Floats, count: int) -> Hypotheses:
    """Greedy choice of high scores (len(SPACINGS), C), apart from the ones already chosen."""
    flat = np.round(np.where(_peaks(score), score, -np.inf).ravel(), 4)
    order = np.argpartition(-flat, POOL * count)[: POOL * count]
    order = order[np.lexsort((order, -flat[order]))]
    spacings, columns = np.divmod(order, len(forms))
    first = _first(teeth, spacings, columns)
    spacing = SPACINGS[spacings]
    found = np.concatenate([forms[columns], np.stack([first, spacing], axis=1)], axis=1)
    return _evenly_spaced(found[apart(found, APART, count)])


def _peaks(score: Floats) -> NDArray[np.bool_]:
    """Where no neighbouring spacing scores higher."""
    rises = score[1:] > score[:-1]
    peaks = np.ones(score.shape, np.bool_)
    peaks[:-1] &= ~rises
    peaks[1:] &= rises
    return peaks


def _first(teeth: Floats, spacings: Whole, columns: Whole) -> Array:
    """The best first radius for each pair (N,) of a spacing's and a form's number."""
    total = teeth[_rows()[spacings], columns[:, None, None]].sum(axis=2)
    best = (total + _shape_prior()[spacings]).argmax(axis=1)
    return np.asarray(FIRST[best], np.float64)


def _evenly_spaced(found: Array) -> Hypotheses:
    """Hypotheses from rows of a form, a first radius and a spacing (H, 6)."""
    radii = found[:, 4:5] + found[:, 5:] * np.arange(ORBITS)
    return Hypotheses(np.concatenate([found[:, :4], radii], axis=1), np.full(len(found), 2.0))
