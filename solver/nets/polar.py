"""The polar icon encoder: rotation becomes a shift, and a shift costs nothing."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from solver.nets.blocks import WrapConv, standardise

#: Radii and angles that a crop is resampled to.
RADII, ANGLES = 24, 64

#: Angles of an embedding: one step is 11.25 degrees.
STEPS = ANGLES // 2


def polar_grid() -> Tensor:
    """Sampling positions of the polar picture in the crop's -1..1 frame, (RADII, ANGLES, 2)."""
    radii = (torch.arange(RADII, dtype=torch.float32) + 0.5) / RADII
    angles = torch.arange(ANGLES, dtype=torch.float32) * (2 * math.pi / ANGLES)
    x = radii[:, None] * torch.cos(angles)[None, :]
    y = radii[:, None] * torch.sin(angles)[None, :]
    return torch.stack((x, y), dim=-1)


class PolarNet(nn.Module):
    """Embeds a square crop as one feature vector per angle.

    Args:
        width: channels of the first layer; later ones have two and four times as many.
        features: length of the feature vector of one angle.
    """

    grid: Tensor

    def __init__(self, width: int = 24, features: int = 32) -> None:
        super().__init__()
        self.width, self.features = width, features
        self.register_buffer("grid", polar_grid(), persistent=False)
        self.layers = nn.Sequential(
            WrapConv(3, width),
            WrapConv(width, 2 * width, (2, 2)),
            WrapConv(2 * width, 2 * width),
            WrapConv(2 * width, 3 * width, (2, 1)),
            WrapConv(3 * width, 3 * width),
            WrapConv(3 * width, 4 * width, (2, 1)),
            WrapConv(4 * width, 4 * width),
        )
        rows = math.ceil(RADII / 8)
        self.collapse = nn.Conv2d(4 * width, 4 * width, (rows, 1))
        self.around = WrapConv(4 * width, 4 * width, rows=1)
        self.head = nn.Conv2d(4 * width, features, 1)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of one embedding."""
        return self.features, STEPS

    def forward(self, crops: Tensor) -> Tensor:
        """Map (N, 3, S, S) float32 in 0..255 to unit embeddings (N, features, STEPS)."""
        grid = self.grid.expand(len(crops), -1, -1, -1)
        polar = functional.grid_sample(
            standardise(crops), grid, padding_mode="border", align_corners=False
        )
        ring = functional.relu(self.collapse(self.layers(polar)))
        features = self.head(self.around(ring)).squeeze(2)
        unit: Tensor = functional.normalize(features.flatten(1), dim=1).view_as(features)
        return unit


def best_shift_similarity(hints: Tensor, crops: Tensor) -> Tensor:
    """Cosine similarity under the best rotation, for every hint and crop.

    Args:
        hints: (H, F, A) unit embeddings.
        crops: (N, F, A) unit embeddings.

    Returns:
        (H, N) values in -1..1.
    """
    steps = hints.shape[-1]
    shifted = torch.stack([hints.roll(step, dims=-1) for step in range(steps)], dim=1)
    scores = shifted.flatten(0, 1).flatten(1) @ crops.flatten(1).T
    return scores.view(len(hints), steps, len(crops)).amax(dim=1)
