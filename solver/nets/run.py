"""Running a net with torch: on a GPU, and as the reference for every other way."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from solver.arrays import Floats
from solver.nets.blocks import ConvBlock, DilatedResidual, WrapConv
from solver.picture import Picture

__all__ = ["Floats", "TorchNet", "as_batch", "prepare"]


class TorchNet:
    """A module with its weights, as a `Net` of `solver.runtime`.

    `half`: what convolutions and products are computed in, if not in float32.
    """

    def __init__(
        self, module: nn.Module, device: torch.device, half: torch.dtype | None = None
    ) -> None:
        self._module = prepare(module, device)
        self._device, self._half = device, half

    def __call__(self, *inputs: NDArray[Any]) -> tuple[Floats, ...]:
        """Apply the module to all inputs at once."""
        halved = torch.autocast(self._device.type, self._half, enabled=self._half is not None)
        with torch.inference_mode(), halved:
            outputs = self._module(*(self._placed(each) for each in inputs))
        each_output = outputs if isinstance(outputs, tuple) else (outputs,)
        return tuple(np.asarray(output.float().cpu().numpy()) for output in each_output)

    def _placed(self, values: NDArray[Any]) -> Tensor:
        if values.dtype == np.uint8:
            return as_batch(values, self._device)
        return sent(values, self._device)


def as_batch(pictures: Picture, device: torch.device) -> Tensor:
    """(N, H, W, C) uint8 as (N, C, H, W) float32 in channels-last memory."""
    batch = sent(pictures, device)
    return batch.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.channels_last)


def sent(values: NDArray[Any], device: torch.device) -> Tensor:
    """An array on a device; to a GPU it goes through pinned memory, and nobody waits for it."""
    here = torch.from_numpy(np.ascontiguousarray(values))
    if device.type != "cuda":
        return here.to(device)
    return here.pin_memory().to(device, non_blocking=True)


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
