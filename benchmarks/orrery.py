"""Orrery's solver in this process: one thread for one picture, several pictures side by side."""

import sys
from pathlib import Path

from benchmarks.measure import Contender, measure, tell
from solver import load_solver


def load(threads: int) -> Contender:
    """Load the model that comes with the package."""
    solver = load_solver(device="cpu", threads=threads)

    def one(picture: bytes) -> dict[str, float]:
        solver.solve([picture])
        return {}

    return Contender(one, solver.solve)


if __name__ == "__main__":
    tell(measure("orrery", Path(sys.argv[1]), lambda: load(int(sys.argv[2]))))
