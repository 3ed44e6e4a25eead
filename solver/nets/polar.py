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

#: Radii of the map of details.
ROWS = RADII // 4


def polar_grid() -> Tensor:
    """Sampling positions of the polar picture in the crop's -1..1 frame, (RADII, ANGLES, 2)."""
    radii = (torch.arange(RADII, dtype=torch.float32) + 0.5) / RADII
    angles = torch.arange(ANGLES, dtype=torch.float32) * (2 * math.pi / ANGLES)
    x = radii[:, None] * torch.cos(angles)[None, :]
    y = radii[:, None] * torch.sin(angles)[None, :]
    return torch.stack((x, y), dim=-1)


class PolarNet(nn.Module):
    """Embeds a square crop as a ring, one feature vector per angle, and as a map of its details.

    Args:
        width: channels of the first layer; later ones have two to four times as many.
        features: length of the ring's feature vector of one angle.
        details: channels of the map of details.
    """

    grid: Tensor

    def __init__(self, width: int = 24, features: int = 32, details: int = 24) -> None:
        super().__init__()
        self.width, self.features, self.details = width, features, details
        self.register_buffer("grid", polar_grid(), persistent=False)
        self.fine = nn.Sequential(
            WrapConv(3, width),
            WrapConv(width, 2 * width, (2, 2)),
            WrapConv(2 * width, 2 * width),
            WrapConv(2 * width, 3 * width, (2, 1)),
            WrapConv(3 * width, 3 * width),
        )
        self.detail = nn.Conv2d(3 * width, details, 1)
        self.coarse = nn.Sequential(
            WrapConv(3 * width, 4 * width, (2, 1)),
            WrapConv(4 * width, 4 * width),
            nn.Conv2d(4 * width, 4 * width, (math.ceil(RADII / 8), 1)),
            nn.ReLU(),
            WrapConv(4 * width, 4 * width, rows=1),
            nn.Conv2d(4 * width, features, 1),
        )

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Map (N, 3, S, S) float32 in 0..255 to unit rings (N, features, STEPS) and details.

        The details are (N, details, ROWS, STEPS), not normalised.
        """
        grid = self.grid.expand(len(crops), -1, -1, -1)
        polar = functional.grid_sample(
            standardise(crops), grid, padding_mode="border", align_corners=False
        )
        fine = self.fine(polar)
        features = self.coarse(fine).squeeze(2)
        ring = functional.normalize(features.flatten(1), dim=1).view_as(features)
        return ring, self.detail(fine)


class PairNet(nn.Module):
    """Judges from the details of two crops, turned alike, whether they show the same icon.

    Args:
        details: channels of the maps of details.
        width: channels within.
    """

    def __init__(self, details: int = 24, width: int = 48) -> None:
        super().__init__()
        self.mix = nn.Sequential(nn.Conv2d(4 * details, width, 1), nn.ReLU())
        self.layers = nn.Sequential(
            WrapConv(width, width), WrapConv(width, width, (2, 2)), WrapConv(width, width)
        )
        self.judge = nn.Linear(2 * width, 1)

    def forward(self, hints: Tensor, crops: Tensor) -> Tensor:
        """Map two times (P, details, ROWS, STEPS) to logits (P,)."""
        both = torch.cat((hints, crops, (hints - crops).abs(), hints * crops), dim=1)
        seen = self.layers(self.mix(both))
        pooled = torch.cat((seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))), dim=1)
        logits: Tensor = self.judge(pooled).squeeze(1)
        return logits


def best_shifts(hints: Tensor, crops: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine similarity under the best rotation, and that rotation, for every hint and crop.

    Args:
        hints: (H, F, A) unit rings.
        crops: (N, F, A) unit rings.

    Returns:
        (H, N) values in -1..1, and (H, N) steps by which the hint is to be rolled.
    """
    steps = hints.shape[-1]
    shifted = torch.stack([hints.roll(step, dims=-1) for step in range(steps)], dim=1)
    scores = shifted.flatten(0, 1).flatten(1) @ crops.flatten(1).T
    best = scores.view(len(hints), steps, len(crops)).max(dim=1)
    return best.values, best.indices


def rolled(details: Tensor, shifts: Tensor) -> Tensor:
    """Maps (P, D, R, A) each rolled along the angle by its own number of steps (P,)."""
    steps = details.shape[-1]
    places = (torch.arange(steps, device=details.device) - shifts[:, None]) % steps
    index = places[:, None, None, :].expand_as(details)
    return details.gather(3, index)
