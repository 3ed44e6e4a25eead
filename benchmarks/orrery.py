"""Orrery's solver in this process, one picture after the other."""

import sys
from collections.abc import Callable
from pathlib import Path

import cv2

from benchmarks.measure import measure, tell
from solver import load_solver


def load(threads: int) -> Callable[[bytes], dict[str, float]]:
    """Load the model that comes with the package."""
    solver = load_solver(device="cpu", threads=threads)

    def solve(picture: bytes) -> dict[str, float]:
        solver.solve([picture])
        return {}

    return solve


if __name__ == "__main__":
    cv2.setNumThreads(int(sys.argv[2]))
    tell(measure("orrery", Path(sys.argv[1]), lambda: load(int(sys.argv[2]))))
