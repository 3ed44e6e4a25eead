"""One robust fit of the orbits to everything that the five tiles of a puzzle show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solver.geometry.evidence import Detections, Evidence, gather
from solver.geometry.orbits import Array, Geometry, axes
from solver.geometry.prior import (
    centre_log_prior,
    radii_log_prior,
    stretch_log_prior,
    sun_log_evidence,
)
from solver.geometry.refine import (
    Hypotheses,
    apart,
    densities,
    join,
    step,
)
from solver.geometry.search import starts

#: Starting points with and without orbit lines, and how many are left after each pair of steps.
STARTS = 20
STARTS_UNLINED = 32
LEFT = (10, 4)
#: Spread of each step, px: wide enough to catch an ellipse first, then narrow; at most this
#: share of the spacing, so that orbits stay apart.
CATCH = ((7.0, 6.0), (4.5,))
SETTLE = (3.0, 2.5)
OF_SPACING = 0.3
#: Steps with the spread that each reading sees.
LAST = 2
#: How often the orbits of the best reading are counted otherwise, as long as that is better.
RECOUNTS = 2
#: Most readings that are compared in the end.
READINGS = 8
#: Hypotheses that differ by no more than this have met: px, and shares for stretch and shear.
SAME = np.array([1.0, 1.0, 0.02, 0.02] + [1.0] * 5)
#: Log likelihoods are divided by this: points are not as independent as the model has it.
TEMPERATURE = 1.7
#: Readings that agree on the ranks of this share of the points are one reading.
SAME_RANKS = 0.85
#: Planets that lie further off the orbits than this, px, do not bear the lines out. What was taken
#: for lines may be the edges of broad lanes; without it the planets must lie closer by this share.
LOOSE = 1.5
TIGHTER = 0.8
#: Readings less likely than this are dropped.
LEAST_WEIGHT = 1e-4


def fit(
    planets: Sequence[Detections],
    ring_map: ArrayLike | None = None,
    sun_map: ArrayLike | None = None,
) -> Geometry:
    """The orbits that explain the planets of all tiles together, with what else is possible.

    `planets` are the detections of each tile: `points` (N, 2) as (x, y) in px of a 200 px tile
    and `scores` (N,) in 0..1; false and missing ones are expected. `ring_map` and `sun_map` are
    (R, C) maps over the tile of the probability of an orbit line and of the sun, or None. Never
    fails: without evidence the answer is the prior's.
    """
    reading = _fit(gather(planets, ring_map, sun_map))
    if reading.spread <= LOOSE:
        return reading
    unlined = _fit(gather(planets, None, sun_map))
    return unlined if unlined.spread < TIGHTER * reading.spread else reading


def _fit(evidence: Evidence) -> Geometry:
    found = starts(evidence, STARTS if evidence.lined else STARTS_UNLINED)
    for spreads, left in zip(CATCH, LEFT, strict=True):
        for spread in spreads:
            found = _step(found, evidence, spread)
        found, _ = _best(found, evidence, left)
    found, scores = _best(_settled(found, evidence), evidence, READINGS)
    for _ in range(RECOUNTS):
        first = found.numbers[0]
        found = join(found, _settled(_shifted(found.take(np.arange(1))), evidence))
        found, scores = _best(found, evidence, READINGS)
        if (found.numbers[0] == first).all():
            break
    return _geometry(found, scores / TEMPERATURE, evidence)


def _settled(found: Hypotheses, evidence: Evidence) -> Hypotheses:
    for spread in SETTLE:
        found = _step(found, evidence, spread)
    for _ in range(LAST):
        found = step(found, evidence, found.spread)
    return found


def _step(found: Hypotheses, evidence: Evidence, spread: float) -> Hypotheses:
    narrow = np.minimum(np.maximum(OF_SPACING * found.spacing, 1.0), spread)
    return step(found, evidence, narrow)


def _best(found: Hypotheses, evidence: Evidence, count: int) -> tuple[Hypotheses, Array]:
    """At most `count` that differ, from the best down, and their log posteriors (H,)."""
    scores = log_posterior(found, evidence)
    order = np.argsort(-np.round(scores, 6), kind="stable")
    order = order[apart(found.numbers[order], SAME, count)]
    return found.take(order), scores[order]


def _shifted(found: Hypotheses) -> Hypotheses:
    """The same orbits counted from one further in, and from one further out."""
    closer, further = found.numbers.copy(), found.numbers.copy()
    closer[:, 5:] = found.radii[:, :-1]
    closer[:, 4] = np.maximum(found.radii[:, 0] - found.spacing, 5.0)
    further[:, 4:-1] = found.radii[:, 1:]
    further[:, -1] = found.radii[:, -1] + found.spacing
    return join(Hypotheses(closer, found.spread), Hypotheses(further, found.spread))


def log_posterior(found: Hypotheses, evidence: Evidence) -> Array:
    """Log posterior of each hypothesis (H,) up to a constant."""
    gap = found.distances(evidence.points)[:, None, :] - found.radii[:, :, None]
    density = densities(found, evidence, gap, found.spread).sum(axis=1) + evidence.against
    prior = (
        centre_log_prior(found.centre)
        + radii_log_prior(found.radii)
        + stretch_log_prior(found.stretch, found.shear)
        + sun_log_evidence(evidence.sun, found.centre)
    )
    return np.asarray((np.log(density) * evidence.weights).sum(axis=1) + prior)


def _geometry(found: Hypotheses, scores: Array, evidence: Evidence) -> Geometry:
    """The best reading, with the others that give the points other ranks."""
    distinct = _distinct(found, evidence)
    found, scores = found.take(distinct), scores[distinct]
    weights = np.exp(scores - scores[0])
    kept = np.flatnonzero(weights / weights.sum() >= LEAST_WEIGHT)
    weights = weights[kept] / weights[kept].sum()
    readings = [_reading(found, int(i), float(w)) for i, w in zip(kept, weights, strict=True)]
    return replace(readings[0], rivals=tuple(readings[1:]))


def _distinct(found: Hypotheses, evidence: Evidence) -> NDArray[np.int64]:
    """Positions of the hypotheses that rank the points unlike every better one."""
    radius = found.distances(evidence.points)
    ranks = np.abs(radius[:, None, :] - found.radii[:, :, None]).argmin(axis=1)
    mass = evidence.weights / max(float(evidence.weights.sum()), 1e-9)
    kept: list[int] = []
    for index in range(len(found)):
        same = ((ranks[kept] == ranks[index]) * mass).sum(axis=1)
        if not (same > SAME_RANKS).any():
            kept.append(index)
    return np.array(kept, np.int64)


def _reading(found: Hypotheses, index: int, weight: float) -> Geometry:
    ratio, angle, scale = axes(found.stretch, found.shear)
    radii = found.radii[index] * scale[index]
    return Geometry(
        centre=(float(found.centre[index, 0]), float(found.centre[index, 1])),
        radii=(float(radii[0]), float(radii[1]), float(radii[2]), float(radii[3]), float(radii[4])),
        ratio=float(ratio[index]),
        angle=float(angle[index]),
        spread=float(found.spread[index]),
        weight=weight,
    )
