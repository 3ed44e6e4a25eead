"""The nets of a model folder on a GPU."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from solver.model_folder import read_config
from solver.nets.accelerated import HALF, accelerated
from solver.nets.folder import load_net
from solver.nets.polar import ROWS, STEPS
from solver.nets.shapes import CROP, DIGIT_SIDE
from solver.runtime.batching import BatchedNet
from solver.solution import TILE

#: How many inputs each net takes at once: what some four pictures have for it.
AT_ONCE = {"finder": 20, "hint": 4, "digit": 20, "encoder": 256, "pair": 512}

#: Nets that compute in float32. In half precision the finder's places are 0.003 px off, but of 32
#: held-out puzzles the fit to them tipped over in one, and its confidence changed by 0.14.
WHOLE = ("finder",)

#: The pictures (H, W, C) that nets take.
PICTURES = {
    "finder": (TILE, TILE, 3),
    "hint": (TILE, TILE, 3),
    "digit": (DIGIT_SIDE, DIGIT_SIDE, 1),
    "encoder": (CROP, CROP, 3),
}


def load(
    folder: Path,
    names: Iterable[str],
    device: torch.device,
    at_once: Mapping[str, int] = AT_ONCE,
) -> dict[str, BatchedNet]:
    """Nets of a model folder, ready to run on a device.

    Raises:
        DeviceError: it has no room for them.
        ModelError: a file is missing, damaged or of another shape.
    """
    return {
        name: accelerated(
            load_net(folder, name),
            device,
            at_once[name],
            *blank(folder, name),
            half=None if name in WHOLE else HALF,
        )
        for name in names
    }


def blank(folder: Path, name: str) -> tuple[NDArray[Any], ...]:
    """What one of a model's nets takes, of nothing: one picture, or two maps of details."""
    if name == "pair":
        details = np.zeros((1, read_config(folder)[name]["details"], ROWS, STEPS), np.float32)
        return details, details
    return (np.zeros((1, *PICTURES[name]), np.uint8),)
