"""Small untrained models in the layout of shipped ones."""

import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

import torch

from solver.calibration import Calibration
from solver.nets.folder import build_nets, save

CONFIG = {
    "name": "tiny",
    "finder": {"width": 8},
    "hint": {"width": 8},
    "digit": {"width": 8},
    "encoder": {"kind": "polar", "width": 8, "features": 8, "details": 4},
    "pair": {"details": 4, "width": 8},
}


def untrained(folder: Path, **changes: object) -> Path:
    """A model folder with random weights."""
    config = {**CONFIG, **changes}
    if "encoder" in changes:  # it may lie in the folder
        return _make(folder, config)
    return shutil.copytree(_made(json.dumps(config)).name, folder, dirs_exist_ok=True)


@cache
def _made(config: str) -> tempfile.TemporaryDirectory[str]:
    """Exporting the graphs takes seconds, so each config is made once."""
    folder = tempfile.TemporaryDirectory(prefix="orrery-model-")
    _make(Path(folder.name), json.loads(config))
    return folder


def _make(folder: Path, config: dict[str, object]) -> Path:
    torch.manual_seed(4)
    nets = build_nets(config, torch.device("cpu"), folder)
    save(folder, config, nets, Calibration(), "# tiny\n")
    return folder
