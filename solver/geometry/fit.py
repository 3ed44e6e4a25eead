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
    densities,
    join,
    step,
    with_spread,
)
from solver.geometry.search import starts

#: Starting points with and without orbit lines, and how many are left after each pair of steps.
STARTS = 40
STARTS_UNLINED = 64
LEFT = (24, 10)
#: Spread of each step, px: wide enough to catch an ellipse first, then narrow; at most this
#: share of the spacing, so that orbits stay apart.
CATCH = ((7.0, 6.0), (5.0, 4.0))
SETTLE = (3.5, 3.0, 2.5, 2.5)
OF_SPACING = 0.3
#: Log likelihoods are divided by this: points are not as independent as the model has it.
TEMPERATURE = 1.7
#: Readings that agree on the ranks of this share of the points are one reading.
SAME_RANKS = 0.85
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
    evidence = gather(planets, ring_map, sun_map)
    found = starts(evidence, STARTS if evidence.lined else STARTS_UNLINED)
    for spreads, left in zip(CATCH, LEFT, strict=True):
        for spread in spreads:
            found = step(found, evidence, _narrowed(spread, found))
        found = _best(with_spread(found, evidence), evidence, left)
    found = _settled(found, evidence)
    best = found.take(_order(log_posterior(found, evidence))[:3])
    found = join(found, _settled(_shifted(best), evidence))
    return _geometry(found, log_posterior(found, evidence) / TEMPERATURE, evidence)


def _settled(found: Hypotheses, evidence: Evidence) -> Hypotheses:
    for spread in SETTLE:
        found = step(found, evidence, _narrowed(spread, found))
    found = with_spread(found, evidence)
    found = step(found, evidence, found.spread)
    return with_spread(step(found, evidence, found.spread), evidence)


def _narrowed(spread: float, found: Hypotheses) -> Array:
    spacing = (found.radii[:, -1] - found.radii[:, 0]) / (found.radii.shape[1] - 1)
    return np.asarray(np.clip(OF_SPACING * spacing, 1.0, spread), np.float64)


def _best(found: Hypotheses, evidence: Evidence, count: int) -> Hypotheses:
    return found.take(_order(log_posterior(found, evidence))[:count])


def _order(scores: Array) -> NDArray[np.int64]:
    """Positions from the best score down; equal scores keep their order."""
    return np.argsort(-np.round(scores, 6), kind="stable")


def _shifted(found: Hypotheses) -> Hypotheses:
    """The same orbits counted from one further in, and from one further out."""
    inner, outer = found.radii[:, :1], found.radii[:, -1:]
    spacing = (outer - inner) / (found.radii.shape[1] - 1)
    closer = np.concatenate([np.maximum(inner - spacing, 5.0), found.radii[:, :-1]], axis=1)
    further = np.concatenate([found.radii[:, 1:], outer + spacing], axis=1)
    return join(replace(found, radii=closer), replace(found, radii=further))


def log_posterior(found: Hypotheses, evidence: Evidence) -> Array:
    """Log posterior of each hypothesis (H,) up to a constant."""
    _, _, radius = found.offsets(evidence.points)
    on, off = densities(found, evidence, radius, found.spread)
    gain = np.log(on.sum(axis=1) + off + 1e-12) - np.log(1 / 200.0**2)
    prior = (
        centre_log_prior(found.centre)
        + radii_log_prior(found.radii)
        + stretch_log_prior(found.stretch, found.shear)
        + sun_log_evidence(evidence.sun, found.centre)
    )
    return np.asarray((gain * evidence.weights).sum(axis=1) + prior)


def _geometry(found: Hypotheses, scores: Array, evidence: Evidence) -> Geometry:
    """The best reading, with the others that give the points other ranks."""
    order = _order(scores)
    found, scores = found.take(order), scores[order]
    distinct = _distinct(found, evidence)
    found, scores = found.take(distinct), scores[distinct]
    weights = np.exp(scores - scores[0])
    kept = np.flatnonzero(weights / weights.sum() >= LEAST_WEIGHT)
    weights = weights[kept] / weights[kept].sum()
    readings = [_reading(found, int(i), float(w)) for i, w in zip(kept, weights, strict=True)]
    return replace(readings[0], rivals=tuple(readings[1:]))


def _distinct(found: Hypotheses, evidence: Evidence) -> NDArray[np.int64]:
    """Positions of the hypotheses that rank the points unlike every better one."""
    _, _, radius = found.offsets(evidence.points)
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
