"""Each net on a device: inputs a second in half and in whole precision, from arrays to arrays."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cli.console import note
from solver.encoders.clip import ClipConfig, Sight
from solver.encoders.tower import load_tower
from solver.model_folder import DEFAULT
from solver.nets import gpu
from solver.nets.accelerated import accelerated
from solver.nets.folder import load_net
from solver.nets.run import TorchNet
from solver.nets.shapes import CROP
from solver.runtime import Net

#: The published encoder's tower. Its weights are random, which changes no time.
TOWER = "ViT-B-32"
#: Times that a net runs; the fastest counts.
TIMES = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """One net: inputs a second in half and in whole precision, and how far outputs are apart."""

    net: str
    at_once: int
    half: float
    whole: float
    difference: float


def rates(device: torch.device, sizes: Mapping[str, int]) -> Iterator[Rate]:
    """The rate of every net of the model that ships, and of the published tower."""
    for name in gpu.AT_ONCE:
        blank = gpu.blank(DEFAULT, name)
        yield _rate(name, partial(load_net, DEFAULT, name), device, sizes[name], blank)
    crop = np.zeros((1, CROP, CROP, 3), np.uint8)
    yield _rate(TOWER, lambda: Sight(load_tower(ClipConfig(TOWER))), device, sizes[TOWER], (crop,))


def _rate(
    name: str,
    build: Callable[[], nn.Module],
    device: torch.device,
    size: int,
    blank: Sequence[NDArray[Any]],
) -> Rate:
    note(name)
    seen = [_noise((size, *each.shape[1:]), each.dtype) for each in blank]
    half = accelerated(_same(build), device, size, *seen)
    whole = TorchNet(_same(build), device)
    pairs = zip(half(*seen), whole(*seen), strict=True)
    difference = max(float(np.abs(here - there).max()) for here, there in pairs)
    return Rate(name, size, size / _fastest(half, seen), size / _fastest(whole, seen), difference)


def _same(build: Callable[[], nn.Module]) -> nn.Module:
    """A module; where its weights are random, they are the same ones every time."""
    torch.manual_seed(0)
    return build()


def _noise(shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
    random = np.random.default_rng(0)
    if kind == np.uint8:
        return random.integers(0, 256, shape, np.uint8)
    return random.standard_normal(shape, np.float32)


def _fastest(net: Net, seen: Sequence[NDArray[Any]]) -> float:
    """Seconds of a call."""
    taken = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        net(*seen)
        taken.append(time.perf_counter() - begin)
    return min(taken)
