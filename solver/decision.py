"""The joint decision: digit, matches and ranks of all five tiles weighed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solver.solution import ORBITS, TILES

if TYPE_CHECKING:
    from solver.calibration import Calibration

Array = NDArray[np.float64]

#: Probabilities are kept this far from 0 and 1 before a logarithm is taken.
FLOOR = 1e-9


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and how sure it is.

    `tile`, `runner_up` and `digit` count from 1; `planet` is a position in the tile's planets,
    None when no tile has any. `certainty` is the probability of that planet by the model,
    `confidence` the same after calibration. `tile_probabilities` sum to one, as do the
    `digit_probabilities` given everything seen. `match_probabilities` hold for each tile the
    probability of each of its planets being the icon asked for; what they lack of one is the
    probability that the icon was not found.
    """

    tile: int
    planet: int | None
    digit: int
    confidence: float
    certainty: float
    tile_probabilities: tuple[float, ...]
    digit_probabilities: tuple[float, ...]
    match_probabilities: tuple[tuple[float, ...], ...]
    runner_up: int


def decide(
    digit_probabilities: ArrayLike,
    ranks: Sequence[ArrayLike],
    similarities: Sequence[ArrayLike],
    scores: Sequence[ArrayLike],
    calibration: Calibration,
) -> Decision:
    """The tile, and the planet in it, that is most probably the answer.

    `digit_probabilities` (5,) for digits 1 to 5; for each of the five tiles `ranks` (N, 5) with
    rows that sum to 1, `similarities` (N,) to the hint's icon and detection `scores` (N,); N may
    be 0. The icon stands on the asked orbit in exactly one tile, so

        P(tile t, digit d) ~ P(d) P(icon on orbit d in t) prod over s != t (1 - P(on d in s)).

    An icon that was not found stands on any orbit alike; it counts for its tile's probability,
    but the tile is chosen by what can be pointed at. Raises ValueError when a tile is missing.
    """
    if not len(ranks) == len(similarities) == len(scores) == TILES:
        raise ValueError(
            f"ranks, similarities and scores must each hold {TILES} tiles, "
            f"not {len(ranks)}, {len(similarities)} and {len(scores)}"
        )
    digit = calibration.digit_log_probabilities(digit_probabilities)
    match = [
        _log_match(calibration.match_log_odds(*tile))
        for tile in zip(similarities, scores, strict=True)
    ]
    orbit = [
        np.clip(np.asarray(r, np.float64).reshape(-1, ORBITS), FLOOR, 1 - FLOOR) for r in ranks
    ]
    on = np.stack([_log_on_orbit(m, r) for m, r in zip(match, orbit, strict=True)])
    off = np.stack(
        [_log_on_orbit(m, 1 - r, 1 - 1 / ORBITS) for m, r in zip(match, orbit, strict=True)]
    )
    others = off.sum(axis=0) - off + digit
    total = _log_sum(on + others, axis=None)
    joint = np.exp(on + others - total)
    planets = [
        np.exp(m[:-1, None] + np.log(r) + rest - total)
        for m, r, rest in zip(match, orbit, others, strict=True)
    ]
    return _decision(joint, planets, [np.exp(m[:-1]) for m in match], calibration)


def _decision(
    joint: Array, planets: list[Array], match: list[Array], calibration: Calibration
) -> Decision:
    """Picks from P(tile, digit) (5, 5) and P(tile, planet, digit) (N, 5) for each tile."""
    tiles = joint.sum(axis=1)
    shown = np.array([tile.sum() if len(tile) else -1.0 for tile in planets])
    tile = int(shown.argmax())
    runner_up = int(np.delete(tiles, tile).argmax())
    planet, certainty, digits = None, 0.0, joint[tile]
    if len(planets[tile]):
        each = planets[tile].sum(axis=1)
        planet = int(each.argmax())
        certainty, digits = float(each[planet]), planets[tile][planet]
    return Decision(
        tile=tile + 1,
        planet=planet,
        digit=int(digits.argmax()) + 1,
        confidence=float(calibration.confidence(certainty)),
        certainty=certainty,
        tile_probabilities=tuple(tiles.tolist()),
        digit_probabilities=tuple(joint.sum(axis=0).tolist()),
        match_probabilities=tuple(tuple(tile.tolist()) for tile in match),
        runner_up=runner_up + 1 + (runner_up >= tile),
    )


def _log_match(log_odds: Array) -> Array:
    """Log probability of each planet (N,) being the icon, and of none of them: (N + 1,)."""
    logits = np.append(log_odds, 0.0)
    return np.asarray(logits - _log_sum(logits, axis=0))


def _log_on_orbit(match: Array, orbit: Array, unseen: float = 1 / ORBITS) -> Array:
    """Log probability (5,) that the icon is on each orbit, from (N + 1,) and (N, 5)."""
    rows = np.concatenate([np.log(orbit), np.full((1, ORBITS), np.log(unseen))])
    return _log_sum(match[:, None] + rows, axis=0)


def _log_sum(logs: Array, axis: int | None) -> Array:
    """Logarithm of the sum of exponentials along an axis."""
    top = logs.max(axis=axis, keepdims=True)
    total = np.log(np.exp(logs - top).sum(axis=axis, keepdims=True)) + top
    return np.asarray(total.reshape(()) if axis is None else total.squeeze(axis))
