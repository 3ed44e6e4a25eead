"""Layers that several nets share."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def standardise(pictures: Tensor) -> Tensor:
    """Give every picture zero mean and unit deviation, so that exposure does not matter.

    Args:
        pictures: (N, C, H, W) float32, any scale.
    """
    mean = pictures.mean(dim=(1, 2, 3), keepdim=True)
    deviation = pictures.std(dim=(1, 2, 3), keepdim=True)
    return (pictures - mean) / (deviation + 4.0)


class ConvBlock(nn.Sequential):
    """Convolution, batch norm, rectifier; the side is kept or divided by `stride`."""

    def __init__(self, inside: int, out: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inside, out, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
        )


class DilatedResidual(nn.Module):
    """A residual step that looks `dilation` cells far."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, 1, dilation, dilation, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Add the step to its input, same shape."""
        return functional.relu(x + self.norm(self.conv(x)))


class WrapConv(nn.Module):
    """A convolution over (radius, angle) that is circular along the angle.

    Rotating the crop shifts the angle axis; because the padding wraps, the features shift along.
    """

    def __init__(
        self, inside: int, out: int, stride: tuple[int, int] = (1, 1), rows: int = 3
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, out, (rows, 3), stride, (rows // 2, 0), bias=False)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, inside, R, A) to (N, out, R / stride, A / stride)."""
        wrapped = torch.cat((x[..., -1:], x, x[..., :1]), dim=-1)
        return functional.relu(self.norm(self.conv(wrapped)))
