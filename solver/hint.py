"""Finding the digit and the icon in the hint."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from solver.arrays import Floats, sigmoid
from solver.nets.shapes import STRIDE
from solver.picture import Picture
from solver.planets import UNIT_SIZE
from solver.runtime import Net
from solver.solution import TILE, Box

#: Output maps of the hint finder: two heats, the log distances from a cell to its box's sides, and
#: the log size of the icon.
MAPS = (
    "digit",
    "icon",
    *(
        f"{what}_{side}"
        for what in ("digit", "icon")
        for side in ("left", "top", "right", "bottom")
    ),
    "icon_log_size",
)

#: Peaks of each kind that are weighed against each other.
CANDIDATES = 4

#: Share of the best icon's score from which another one is looked at too.
LIKELY = 0.15

#: Distance in pixels that a log distance of zero stands for.
UNIT_DISTANCE = 24.0


@dataclass(frozen=True, slots=True)
class Hint:
    """Where the hint's digit and icon are, in pixels of the 200 x 200 hint; scores in 0..1.

    `icon_size` is the side of the square that holds the icon at any angle, as planets have it;
    `other_icons` are boxes and sizes of what else may be the icon.
    """

    digit_box: Box
    icon_box: Box
    icon_size: float
    digit_score: float
    icon_score: float
    other_icons: tuple[tuple[Box, float], ...] = ()


def find(net: Net, hint: Picture) -> Hint:
    """Find the likeliest digit and icon that do not cover each other.

    Args:
        net: a `Finder` with the maps `MAPS`.
        hint: (200, 200, 3) uint8.
    """
    [[maps]] = net(hint[None])
    digits = _candidates(sigmoid(maps[0]), maps[2:6])
    icons = _candidates(sigmoid(maps[1]), maps[6:10])
    digit, icon = max(
        ((d, i) for d in digits for i in icons),
        key=lambda pair: pair[0].score * pair[1].score * (1 - _overlap(pair[0].box, pair[1].box)),
    )
    others = tuple((i.box, _size(maps[10], i)) for i in icons if _may_be(i, icon, digit))
    return Hint(digit.box, icon.box, _size(maps[10], icon), digit.score, icon.score, others)


@dataclass(frozen=True, slots=True)
class _Candidate:
    box: Box
    score: float
    cell: tuple[int, int]


def _size(log_sizes: Floats, icon: _Candidate) -> float:
    return UNIT_SIZE * float(np.exp(np.clip(log_sizes[icon.cell], -2, 2)))


def _may_be(other: _Candidate, icon: _Candidate, digit: _Candidate) -> bool:
    """Whether another candidate is worth a look: likely enough and not the digit."""
    likely = other.cell != icon.cell and other.score > LIKELY * icon.score
    return likely and _overlap(other.box, digit.box) < 0.5


def _candidates(heat: Floats, log_distances: Floats) -> list[_Candidate]:
    """The highest peaks of a heat map with the boxes around them."""
    highest = cv2.dilate(heat, np.ones((5, 5), np.uint8))
    rows, columns = np.nonzero(heat >= highest)
    order = np.argsort(-heat[rows, columns], kind="stable")[:CANDIDATES]
    cells = [(int(rows[k]), int(columns[k])) for k in order]
    return [_Candidate(_box(heat, log_distances, cell), float(heat[cell]), cell) for cell in cells]


def _box(heat: Floats, log_distances: Floats, cell: tuple[int, int]) -> Box:
    """The box around a peak, a mean of what the cells about it say."""
    rows, columns = (
        slice(max(0, at - 1), min(at + 2, cells))
        for at, cells in zip(cell, heat.shape, strict=True)
    )
    weights = heat[rows, columns] ** 2
    weights = weights / weights.sum()
    row, column = np.mgrid[rows, columns]
    near = UNIT_DISTANCE * np.exp(np.clip(log_distances[:, rows, columns], -3, 2))
    x, y = (column + 0.5) * STRIDE, (row + 0.5) * STRIDE
    sides = (x - near[0], y - near[1], x + near[2], y + near[3])
    left, top, right, bottom = (float(np.clip((side * weights).sum(), 0, TILE)) for side in sides)
    return Box(left, top, max(right - left, 1.0), max(bottom - top, 1.0))


def _overlap(one: Box, other: Box) -> float:
    """Common area over the smaller area, 0..1."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    smaller = min(one.width * one.height, other.width * other.height)
    return max(0.0, across) * max(0.0, down) / smaller
