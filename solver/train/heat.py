"""Targets and losses of heat maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from solver.nets.finder import Finder
from solver.nets.run import Floats
from solver.nets.shapes import STRIDE

#: Logit that heat maps start from: most cells hold nothing.
RARE = -4.0

#: Cells with at least this heat around an object learn its box.
NEAR = 0.5


def bump(centre: tuple[float, float], size: float, cells: int) -> Floats:
    """A Gaussian of height 1 at the cell that holds `centre` (x, y px), as wide as `size` asks."""
    sigma = float(np.clip(size / STRIDE / 7.0, 0.7, 2.2))
    column, row = (int(np.clip(value // STRIDE, 0, cells - 1)) for value in centre)
    y, x = np.mgrid[:cells, :cells]
    heat = np.exp(-((x - column) ** 2 + (y - row) ** 2) / (2 * sigma**2))
    return np.asarray(heat, np.float32)


def heat_loss(logits: Tensor, target: Tensor) -> Tensor:
    """The penalty-reduced focal loss of heat maps (Zhou et al., 2019), a mean over the peaks."""
    peak = target.eq(1.0).float()
    probability = logits.sigmoid()
    hit = (1 - probability) ** 2 * functional.logsigmoid(logits) * peak
    miss = (1 - target) ** 4 * probability**2 * functional.logsigmoid(-logits) * (1 - peak)
    return -(hit + miss).sum() / peak.sum().clamp(min=1)


def masked_error(values: Tensor, target: Tensor, heat: Tensor) -> Tensor:
    """Mean absolute error where the heat (N, H, W) is high; values and target (N, C, H, W)."""
    weight = torch.where(heat > NEAR, heat, torch.zeros_like(heat))[:, None]
    error = (values - target).abs() * weight
    return error.sum() / (weight.sum() * values.shape[1]).clamp(min=1)


def start_rare(net: Finder, maps: Sequence[int]) -> None:
    """Let an untrained finder say that these heat maps are empty, so that training starts calm."""
    bias = net.head.bias
    if bias is not None:
        with torch.no_grad():
            bias[list(maps)] = RARE
