"""Grouped sides: no puzzle and no icon's drawing is trained on and judged by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solver.arrays import Floats
from solver.dataset import Split
from solver.finetune.errors import LeakError, TrainingError
from solver.finetune.pairs import Pairs

#: Version of this code: a change makes what depends on the sides run again.
VERSION = 1

#: Fingerprints more alike than this are one drawing. Of 400 icons in two random hints each, .988
#: of the pairs of one icon lie above it, and .0007 of the pairs of two icons.
SAME = 0.85

#: Shares of the puzzles that are kept to judge by, and to calibrate and validate on.
TEST, HELD_BACK = 0.2, 0.15

#: Fewer puzzles than this leave a handful to judge by: nothing could be told from them.
FEWEST = 20

#: Fewer than this leave under 30 to judge by, whose 95% interval spans 20 points and more.
TRUSTED = 150

#: Puzzles that are compared with all others at a time, which bounds the memory.
BLOCK = 512


@dataclass(frozen=True, slots=True)
class Sides:
    """Positions of puzzles in `Pairs`: trained on, calibrated on, judged by."""

    train: tuple[int, ...]
    held_back: tuple[int, ...]
    test: tuple[int, ...]
    groups: int


def divide(pairs: Pairs, splits: Mapping[str, Split]) -> Sides:
    """Divide puzzles by groups of one drawing.

    A group is judged by if its first puzzle's label says test; then, until both shares are full,
    the groups follow whose first id has the highest hash. So a puzzle stays on its side as others
    are added. A puzzle that its label keeps for testing is never trained on, whatever its group.

    Raises:
        TrainingError: there are too few puzzles, or too few drawings to divide them by.
    """
    count = len(pairs.ids)
    if count < FEWEST:
        raise TrainingError(
            f"Only {count} puzzles can be used, and {FEWEST} are the fewest: below that a handful "
            f"is left to judge by. Label more; from {TRUSTED} on the figures can be trusted."
        )
    groups = sorted(grouped(pairs), key=lambda group: _order(pairs, group, splits))
    test, rest = _taken(groups, TEST * count, lambda g: splits[_first(pairs, g)] == "test")
    held_back, train = _taken(rest, HELD_BACK * count, lambda _: False)
    sides = Sides(
        train=_free(train, pairs, splits),
        held_back=_free(held_back, pairs, splits),
        test=tuple(sorted(k for group in test for k in group)),
        groups=len(groups),
    )
    _check_enough(sides)
    check_apart(pairs, sides)
    return sides


def grouped(pairs: Pairs) -> list[list[int]]:
    """Puzzles of one picture or one drawing together, by single linkage."""
    parents = list(range(len(pairs.ids)))

    def root(k: int) -> int:
        while parents[k] != k:
            parents[k] = parents[parents[k]]
            k = parents[k]
        return k

    everyone = range(len(pairs.ids))
    alike = _alike(pairs.icons, pairs.icons)
    for one, other in [*alike, *_one_picture(pairs.pictures, everyone, everyone)]:
        parents[root(one)] = root(other)
    groups: dict[int, list[int]] = {}
    for k in everyone:
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def check_apart(pairs: Pairs, sides: Sides) -> None:
    """Make sure that nothing that is judged by was seen before.

    Raises:
        LeakError: a puzzle, a picture or a drawing is on both sides; it is named.
    """
    seen, test = [*sides.train, *sides.held_back], list(sides.test)
    twice = sorted({*seen} & {*test}) or sorted({*sides.train} & {*sides.held_back})
    if twice:
        raise LeakError(f"Puzzle {pairs.ids[twice[0]]} is on two sides of the split.")
    leak = next(leaks(pairs.pictures, pairs.icons, seen, test), None)
    if leak is not None:
        what, one, other = leak
        names = f"{pairs.ids[one]} (trained on) and {pairs.ids[other]} (judged by)"
        raise LeakError(f"Puzzles {names} show one {what}: the figures would be worthless.")


def leaks(
    pictures: Sequence[str], icons: Floats, seen: Sequence[int], test: Sequence[int]
) -> Iterator[tuple[str, int, int]]:
    """What some puzzles and those that they are judged by have in common.

    Each leak is "picture" or "icon drawing", the position of a puzzle of `seen` and that of one of
    `test`. `pictures` are hashes, `icons` (P, D) fingerprints, both of all puzzles.
    """
    for one, other in _one_picture(pictures, seen, test):
        yield "picture", one, other
    for one, other in _alike(icons[list(seen)], icons[list(test)]):
        yield "icon drawing", seen[one], test[other]


def _alike(some: Floats, others: Floats) -> Iterator[tuple[int, int]]:
    """Positions (of the first, of the second) of fingerprints of one drawing."""
    for start in range(0, len(some), BLOCK):
        near = some[start : start + BLOCK] @ others.T > SAME
        for one, other in zip(*np.nonzero(near), strict=True):
            yield start + int(one), int(other)


def _one_picture(
    pictures: Sequence[str], some: Sequence[int], others: Sequence[int]
) -> Iterator[tuple[int, int]]:
    first = {pictures[k]: k for k in reversed(some)}
    for k in others:
        if pictures[k] in first:
            yield first[pictures[k]], k


def _first(pairs: Pairs, group: Sequence[int]) -> str:
    return min(pairs.ids[k] for k in group)


def _order(pairs: Pairs, group: Sequence[int], splits: Mapping[str, Split]) -> tuple[bool, str]:
    """Test groups first, then by falling hash of the first id."""
    name = _first(pairs, group)
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return splits[name] != "test", bytes(255 - byte for byte in digest).hex()


def _taken(
    groups: Sequence[list[int]], enough: float, always: Callable[[list[int]], bool]
) -> tuple[list[list[int]], list[list[int]]]:
    """Groups until there are enough puzzles, and the rest; a huge group is passed over."""
    taken, rest, count = list[list[int]](), list[list[int]](), 0
    for group in groups:
        if (always(group) or count < enough) and len(group) <= 2 * enough:
            taken.append(group)
            count += len(group)
        else:
            rest.append(group)
    return taken, rest


def _free(
    groups: Sequence[list[int]], pairs: Pairs, splits: Mapping[str, Split]
) -> tuple[int, ...]:
    kept = (k for group in groups for k in group if splits[pairs.ids[k]] != "test")
    return tuple(sorted(kept))


def _check_enough(sides: Sides) -> None:
    if not (sides.train and sides.held_back and sides.test):
        raise TrainingError(
            f"The puzzles show {sides.groups} different drawings, too few to keep some for judging "
            "that were never trained on. Label puzzles with other icons."
        )


def doubts(pairs: Pairs, sides: Sides) -> Iterator[str]:
    """What keeps the figures of a training from being trusted, in words."""
    count = len(pairs.ids)
    if count < TRUSTED:
        yield (
            f"Only {count} puzzles could be used, {len(sides.test)} of them to judge by: the "
            f"figures are too wide to trust. Label {TRUSTED} or more."
        )
    unused = count - len(sides.train) - len(sides.held_back) - len(sides.test)
    if unused:
        yield (
            f"{unused} puzzles are kept for testing by their labels but show drawings that are "
            "trained on; they are not used."
        )
    if pairs.left_out:
        yield f"{len(pairs.left_out)} pictures show no puzzle and are left out."
