"""Where planets stand: on orbits, inside the tile, apart from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.generate.chance import Rng, between, maybe
from solver.generate.levels import Level
from solver.generate.orbits import Orbits
from solver.generate.truth import ORBITS, TILE

#: Candidate places on each orbit.
_TURNS = 72


@dataclass(frozen=True, slots=True)
class Place:
    """A place in tile px on orbit `rank`; the first of a tile is the asked icon's."""

    x: float
    y: float
    rank: int


def scatter(
    rng: Rng, level: Level, orbits: Orbits, target_rank: int, reach: float, extent: float
) -> list[Place] | None:
    """Choose one tile's places, the asked icon's first.

    `reach` is the radius in px that a planet takes up, `extent` the one it never exceeds. None when
    the asked orbit has no room.
    """
    turns = (np.arange(_TURNS) + rng.random()) * (2 * np.pi / _TURNS)
    spots = np.concatenate([orbits.points(rank, turns) for rank in range(1, ORBITS + 1)])
    ranks = np.repeat(np.arange(1, ORBITS + 1), _TURNS)
    edge = np.minimum(spots, TILE - spots).min(1)
    free = edge > (reach if level.p_cut else extent)
    chosen = _first(rng, free & (ranks == target_rank))
    if chosen is None:
        return None
    if maybe(rng, level.p_cut):
        free = edge > reach * 0.3
    gap = 2 * reach * between(rng, *level.gap)
    wanted = int(rng.integers(level.planets[0], level.planets[1] + 1))
    places = []
    while chosen is not None:
        x, y = spots[chosen]
        places.append(Place(round(float(x), 3), round(float(y), 3), int(ranks[chosen])))
        # The asked icon is never covered by a neighbour.
        least = max(gap, 2 * reach * 0.98) if len(places) == 1 else gap
        free &= np.hypot(*(spots - spots[chosen]).T) > least
        if len(places) == wanted:
            break
        chosen = _next(rng, free, ranks)
    return places


def _first(rng: Rng, free: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int | None:
    found = np.nonzero(free)[0]
    return int(found[rng.integers(len(found))]) if len(found) else None


def _next(
    rng: Rng,
    free: np.ndarray[tuple[int], np.dtype[np.bool_]],
    ranks: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> int | None:
    """A free place on an orbit drawn first, so that inner orbits are not left empty."""
    open_ranks = np.unique(ranks[free])
    if not len(open_ranks):
        return None
    rank = open_ranks[rng.integers(len(open_ranks))]
    return _first(rng, free & (ranks == rank))
