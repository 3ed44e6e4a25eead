"""Small untrained models in the layout of shipped ones."""

from pathlib import Path

import torch

from solver.calibration import Calibration
from solver.model import build_nets, save

CONFIG = {
    "name": "tiny",
    "finder": {"width": 8},
    "hint": {"width": 8},
    "digit": {"width": 8},
    "encoder": {"kind": "polar", "width": 8, "features": 8},
}


def untrained(folder: Path, **changes: object) -> Path:
    """A model folder with random weights."""
    torch.manual_seed(4)
    config = {**CONFIG, **changes}
    nets = build_nets(config, torch.device("cpu"), folder)
    save(folder, config, nets, Calibration(), "# tiny\n")
    return folder
