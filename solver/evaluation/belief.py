"""What a solver believes of a puzzle's labels: digit, answer and icons, each given all it saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.solution import ORBITS, TILES, Planet, Seen

Array = NDArray[np.float64]

#: Probabilities are kept this far from 0 and 1.
FLOOR = 1e-9


#: How often one label of a puzzle is thought wrong, where it speaks of the others.
WRONG = 0.05


@dataclass(frozen=True, slots=True)
class Given:
    """What labels say: the digit, and which planets of each tile a `+` marks."""

    digit: int | None = None
    marked: tuple[Sequence[bool], ...] = ((),) * TILES


#: No label at all.
NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Belief:
    """Probabilities of each label that know nothing of that label itself.

    `digit` and `answer` are (5,) and sum to 1. `icons` holds for each tile the probability of each
    of its `planets` being the icon asked for; what they lack of 1 is that it was not found.
    """

    digit: Array
    answer: Array
    planets: tuple[tuple[Planet, ...], ...]
    icons: tuple[Array, ...]


def belief(seen: Seen, given: Given = NOTHING) -> Belief:
    """Weigh what the stages saw with the rule of the puzzle and with the other labels.

    The icon stands on the orbit asked for in exactly one tile, so with on(t, d) the probability
    that the icon of tile t is on orbit d,

        P(digit d, answer t) ~ P(d) on(t, d) prod over s != t (1 - on(s, d)),

    and likewise for a planet of tile t being its icon, whether that makes t the answer or not.
    Labels are mostly right: what is `given` counts for every label but itself.
    """
    planets = tuple(tuple(p for p in seen.planets if p.tile == t) for t in range(1, TILES + 1))
    alone = [np.array([planet.match_probability for planet in tile]) for tile in planets]
    told = [_told(match, mark) for match, mark in zip(alone, given.marked, strict=True)]
    ranks = [_ranks(tile) for tile in planets]
    on = np.stack([_on(*pair) for pair in zip(told, ranks, strict=True)])
    hint = np.clip(np.asarray(seen.digit_probabilities, np.float64), FLOOR, None)
    digits = hint * _labelled(given.digit)
    # (tile, digit): no other tile's icon is on the orbit, and exactly one other tile's is.
    none, one = _others(on)
    icons = [
        _icons(match, rank, digits * none[tile], digits * one[tile])
        for tile, (match, rank) in enumerate(zip(alone, ranks, strict=True))
    ]
    joint, answers = hint * on * none, digits * on * none
    return Belief(
        _normalised(joint.sum(axis=0)), _normalised(answers.sum(axis=1)), planets, tuple(icons)
    )


def _normalised(weights: Array) -> Array:
    return np.asarray(weights / weights.sum(), np.float64)


def _labelled(digit: int | None) -> Array:
    """How far a label speaks for each digit (5,)."""
    if digit is None:
        return np.ones(ORBITS)
    return np.where(np.arange(1, ORBITS + 1) == digit, 1 - WRONG, WRONG / (ORBITS - 1))


def _told(match: Array, marked: Sequence[bool]) -> Array:
    """Match probabilities (N,) of a tile when a label marks some of its planets."""
    held = np.asarray(marked, np.bool_)
    if not held.any():
        return match
    share = match[held] + FLOOR
    told = WRONG * match
    told[held] += (1 - WRONG) * share / share.sum()
    return told


def _ranks(planets: Sequence[Planet]) -> Array:
    """Rank probabilities (N, 5): what the likeliest orbit leaves is shared by the others."""
    sure = np.array([[planet.rank_probability] for planet in planets]).reshape(-1, 1)
    rank = np.array([planet.rank for planet in planets], np.int64)
    chosen = rank[:, None] == np.arange(1, ORBITS + 1)
    return np.asarray(np.where(chosen, sure, (1 - sure) / (ORBITS - 1)), np.float64)


def _on(match: Array, ranks: Array) -> Array:
    """Probability (5,) that a tile's icon is on each orbit; one not found is on any alike."""
    on = match @ ranks + (1 - match.sum()) / ORBITS
    return np.asarray(np.clip(on, FLOOR, 1 - FLOOR), np.float64)


def _others(on: Array) -> tuple[Array, Array]:
    """For each tile and digit: that none of the other tiles' icons is on it, and that one is."""
    off = 1 - on
    none = np.stack([np.delete(off, tile, axis=0).prod(axis=0) for tile in range(TILES)])
    odds = on / off
    return none, np.asarray(none * (odds.sum(axis=0) - odds))


def _icons(match: Array, ranks: Array, alone: Array, beside: Array) -> Array:
    """Probability (N,) of each planet being its tile's icon.

    `alone` (5,) weighs the digits when it is the only icon on that orbit, `beside` when it is on
    another and one other tile's icon is there.
    """
    weight = match * (ranks @ alone + (1 - ranks) @ beside)
    unseen = max(0.0, 1 - match.sum()) * (alone + (ORBITS - 1) * beside).sum() / ORBITS
    return np.asarray(weight / max(weight.sum() + unseen, FLOOR))
