"""A module on a GPU: joined across pictures, mostly in half precision, warm from the start."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import nn

from solver.errors import DeviceError
from solver.nets.run import TorchNet
from solver.runtime.batching import BatchedNet

#: What convolutions and products are computed in: eight times as fine as bfloat16.
HALF = torch.float16


def accelerated(
    module: nn.Module,
    device: torch.device,
    size: int,
    *blank: NDArray[Any],
    half: torch.dtype | None = HALF,
) -> BatchedNet:
    """A module ready to run on a device, so many inputs at a time.

    It is warmed up with the `blank` inputs: the first call chooses kernels and takes memory.
    Without `half` it computes in float32, and no part of it in less.

    Raises:
        DeviceError: the device has no room for it.
    """
    # Kernels that add in an order of their own would give the same picture two answers.
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    try:
        net = BatchedNet(TorchNet(module, device, half), size)
    except torch.OutOfMemoryError as error:
        raise DeviceError(f"{device} has no room for a model: {error}") from error
    net(*blank)
    return net
