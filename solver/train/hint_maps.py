"""What the hint finder should say of a hint, and how wrong it is."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from solver.arrays import Floats
from solver.hint import UNIT_DISTANCE
from solver.nets.shapes import STRIDE
from solver.planets import UNIT_SIZE
from solver.solution import TILE, Box
from solver.train.heat import bump, heat_loss, masked_error

CELLS = TILE // STRIDE


def target_maps(digit: Box, icon: Box, icon_size: float) -> Floats:
    """The maps of a hint with these boxes: (11, 50, 50) float32, as in `solver.hint.MAPS`."""
    size = np.full((1, CELLS, CELLS), np.log(icon_size / UNIT_SIZE), np.float32)
    boxes = (digit, icon)
    heats = [bump(box.centre, max(box.width, box.height), CELLS)[None] for box in boxes]
    return np.concatenate([*heats, *(_log_distances(box) for box in boxes), size])


def hint_loss(maps: Tensor, target: Tensor, known: Tensor | None = None) -> Tensor:
    """How far maps (N, 11, H, W) are from their target; heat, boxes and the icon's size.

    Where `known` (N,) bool is False the icon's place is not known, and any is right.
    """
    seen, truth = (maps, target) if known is None else (maps[known], target[known])
    heat = (heat_loss(maps[:, :1], target[:, :1]) + heat_loss(seen[:, 1:2], truth[:, 1:2])) / 2
    digit = masked_error(maps[:, 2:6], target[:, 2:6], target[:, 0])
    icon = masked_error(seen[:, 6:10], truth[:, 6:10], truth[:, 1])
    size = masked_error(seen[:, 10:], truth[:, 10:], truth[:, 1])
    return heat + digit + icon + size


def _log_distances(box: Box) -> Floats:
    y, x = (np.mgrid[:CELLS, :CELLS].astype(np.float32) + 0.5) * STRIDE
    sides = (x - box.x, y - box.y, box.x + box.width - x, box.y + box.height - y)
    return np.asarray(np.log(np.maximum(np.stack(sides), 1.0) / UNIT_DISTANCE), np.float32)
