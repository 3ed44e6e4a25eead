"""The solver: from the bytes of a picture to an answer.

from solver import load_solver

solver = load_solver()
[outcome] = solver.solve([Path("puzzle.jpg").read_bytes()])
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from solver.errors import DatasetError, DeviceError, ModelError, PictureError, SolverError
from solver.solution import Failure, Solution, record

if TYPE_CHECKING:
    from solver.solve import Solver

# OpenCV reads this as it is imported, which is always later than here. Pillow opens the pictures,
# and no more than this; should OpenCV ever open one, a picture bomb must not get further.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "40000000")

__all__ = [
    "DatasetError",
    "DeviceError",
    "Failure",
    "ModelError",
    "PictureError",
    "Solution",
    "SolverError",
    "load_solver",
    "record",
]


def load_solver(
    ref: str | Path | None = None, device: str = "auto", threads: int | None = None
) -> Solver:
    """Load a model and make a solver of it; what that needs is imported here, not before.

    Args:
        ref: a model folder, or None for the model that ships with the package.
        device: `auto`, `cpu` or `cuda`.
        threads: how many pictures are solved side by side; by default one a processor, or 16
            on a GPU.

    Raises:
        DeviceError: the device has no room for the model.
        ModelError: the model or the device is missing or damaged.
    """
    from solver.model import load
    from solver.ocr import EasyOcr
    from solver.solve import Solver, processors

    return Solver(load(ref, device, threads or processors()), EasyOcr(), threads)
