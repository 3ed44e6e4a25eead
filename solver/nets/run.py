"""Running a net on pictures, the same way every time."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from solver.nets.blocks import ConvBlock, DilatedResidual, WrapConv
from solver.picture import Picture

Floats: TypeAlias = NDArray[np.floating[Any]]


def run(net: nn.Module, pictures: Picture, device: torch.device) -> Floats:
    """Apply a net to a batch of pictures.

    Args:
        net: takes (N, C, H, W) float32 in 0..255.
        pictures: (N, H, W, C) uint8.
        device: where the net is.

    Returns:
        The net's output as float32.
    """
    with torch.inference_mode():
        output: Tensor = net(as_batch(pictures, device))
        return np.asarray(output.float().cpu().numpy())


def as_batch(pictures: Picture, device: torch.device) -> Tensor:
    """(N, H, W, C) uint8 as (N, C, H, W) float32 in channels-last memory."""
    batch = torch.from_numpy(np.ascontiguousarray(pictures)).to(device)
    return batch.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.channels_last)


def prepare(net: nn.Module, device: torch.device) -> nn.Module:
    """Fold the batch norms into their convolutions and freeze the net for inference."""
    net.eval().requires_grad_(requires_grad=False)
    for module in net.modules():
        if isinstance(module, ConvBlock):
            conv: Any = module[0]
            norm: Any = module[1]
            module[0], module[1] = fuse_conv_bn_eval(conv, norm), nn.Identity()
        elif isinstance(module, DilatedResidual | WrapConv):
            module.conv = fuse_conv_bn_eval(module.conv, module.norm)
            module.norm = nn.Identity()  # type: ignore[assignment]
    return net.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def sigmoid(values: Floats) -> Floats:
    """The logistic function."""
    return np.asarray(1.0 / (1.0 + np.exp(-values)), np.float32)


def softmax(values: Floats) -> Floats:
    """The softmax along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
