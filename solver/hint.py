"""Finding the digit and the icon in the hint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from solver.nets.finder import STRIDE
from solver.nets.run import Floats, run, sigmoid
from solver.picture import Picture
from solver.planets import UNIT_SIZE
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

#: Distance in pixels that a log distance of zero stands for.
UNIT_DISTANCE = 24.0


@dataclass(frozen=True, slots=True)
class Hint:
    """Where the hint's digit and icon are, in pixels of the 200 x 200 hint; scores in 0..1.

    `icon_size` is the side of the square that holds the icon at any angle, as planets have it.
    """

    digit_box: Box
    icon_box: Box
    icon_size: float
    digit_score: float
    icon_score: float


def find(net: nn.Module, hint: Picture, device: torch.device) -> Hint:
    """Find the likeliest digit and icon.

    Args:
        net: a `Finder` with the maps `MAPS`.
        hint: (200, 200, 3) uint8.
        device: where the net is.
    """
    maps = run(net, hint[None], device)[0]
    heats = sigmoid(maps[:2])
    digit_box, digit_score = _box(heats[0], maps[2:6])
    icon_box, icon_score = _box(heats[1], maps[6:10])
    row, column = np.unravel_index(int(heats[1].argmax()), heats[1].shape)
    icon_size = UNIT_SIZE * float(np.exp(np.clip(maps[10, row, column], -2, 2)))
    return Hint(digit_box, icon_box, icon_size, digit_score, icon_score)


def _box(heat: Floats, log_distances: Floats) -> tuple[Box, float]:
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    rows = slice(max(0, row - 1), row + 2)
    columns = slice(max(0, column - 1), column + 2)
    weights = heat[rows, columns] ** 2
    weights = weights / weights.sum()
    y, x = np.mgrid[rows, columns]
    near = UNIT_DISTANCE * np.exp(np.clip(log_distances[:, rows, columns], -3, 2))
    x, y = (x + 0.5) * STRIDE, (y + 0.5) * STRIDE
    sides = (x - near[0], y - near[1], x + near[2], y + near[3])
    left, top, right, bottom = (float(np.clip((side * weights).sum(), 0, TILE)) for side in sides)
    box = Box(left, top, max(right - left, 1.0), max(bottom - top, 1.0))
    return box, float(heat[row, column])
