"""The runtime against torch: the same nets on the same crops, in turns, on one thread each.

Processor time is compared, which other work on the machine hardly changes.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.limits import fastest
from benchmarks.measure import Comparison
from solver.nets.folder import load_net
from solver.nets.polar import ROWS, STEPS
from solver.nets.run import TorchNet
from solver.nets.shapes import CROP, DIGIT_SIDE
from solver.runtime import graphs
from solver.solution import TILE, TILES

#: What a puzzle gives each net, about: pictures (N, S, S, C), or two maps of details.
INPUTS = {
    "finder": (TILES, TILE, TILE, 3),
    "hint": (1, TILE, TILE, 3),
    "digit": (5, DIGIT_SIDE, DIGIT_SIDE, 1),
    "encoder": (50, CROP, CROP, 3),
    "pair": (150, 24, ROWS, STEPS),
}


def compare(folder: Path, name: str) -> Comparison:
    """Run a net in both, in turns."""
    ours = graphs.load(folder, [name], threads=1)[name]
    theirs = TorchNet(load_net(folder, name), torch.device("cpu"))
    seen = _inputs(name)
    pairs = zip(ours(*seen), theirs(*seen), strict=True)
    difference = max(float(np.abs(here - there).max()) for here, there in pairs)
    turns = [(fastest(lambda: theirs(*seen), 3), fastest(lambda: ours(*seen), 3)) for _ in range(5)]
    slow, fast = (1e3 * min(column) for column in zip(*turns, strict=True))
    return Comparison(name, slow, fast, difference)


def _inputs(name: str) -> tuple[NDArray[Any], ...]:
    random = np.random.default_rng(0)
    if name == "pair":
        return tuple(random.standard_normal((2, *INPUTS[name]), np.float32))
    return (random.integers(0, 256, INPUTS[name], dtype=np.uint8),)


if __name__ == "__main__":
    torch.set_num_threads(1)
    json.dump([asdict(compare(Path(sys.argv[1]), name)) for name in INPUTS], sys.stdout)
