"""What a net costs in operations and bytes, and what one core of this machine can do of both."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from solver.runtime import graphs
from solver.runtime.vendor import openvino

#: Side of the square matrices that the peak is measured with.
SIDE = 1024


@dataclass(frozen=True, slots=True)
class Work:
    """What applying a net to one input costs; a multiplication and an addition are two FLOP.

    `bytes` counts what its convolutions and products read and write if no cache helped.
    """

    flop: float
    bytes: float


@dataclass(frozen=True, slots=True)
class Machine:
    """FLOP and bytes a second of one core."""

    flops: float
    bandwidth: float

    def least(self, work: Work) -> float:
        """The seconds that the work takes at least if it is not held up by memory."""
        return work.flop / self.flops


def work(folder: Path, net: str) -> Work:
    """Count a net of a model folder, for one of the inputs that it takes together."""
    graph = graphs.read(folder, net)
    flop = moved = 0.0
    for op in graph.get_ops():
        if op.get_type_name() not in ("Convolution", "MatMul"):
            continue
        left, right = (prod(op.input(k).get_shape()) for k in (0, 1))
        out = prod(op.output(0).get_shape())
        flop += 2 * out * _summed(op)
        moved += 4 * (left + right + out)
    batch = graph.input(0).shape[0]
    return Work(flop / batch, moved / batch)


def _summed(op: Any) -> int:
    """How many products are added up for one number of the output."""
    if op.get_type_name() == "Convolution":
        return prod(op.input(1).get_shape()[1:])
    return int(op.input(0).get_shape()[-1])


def machine() -> Machine:
    """Measure one core: a product of matrices in the nets' runtime, and a copy of memory."""
    ops = openvino().opset13
    left, right = (ops.parameter([SIDE, SIDE], np.float32) for _ in range(2))
    model = openvino().Model([ops.matmul(left, right, False, False)], [left, right], "product")
    compiled = openvino().Core().compile_model(model, "CPU", graphs.properties(1))
    request, square = compiled.create_infer_request(), np.ones((SIDE, SIDE), np.float32)
    seconds = fastest(lambda: request.infer([square, square], share_inputs=True))
    far, away = np.ones(1 << 26, np.uint8), np.ones(1 << 26, np.uint8)
    copied = fastest(lambda: np.copyto(away, far))
    return Machine(2 * SIDE**3 / seconds, 2 * len(far) / copied)


def fastest(call: Callable[[], object], times: int = 9) -> float:
    """The shortest of some calls, in seconds of processor time."""
    taken = []
    for _ in range(times):
        begin = time.process_time()
        call()
        taken.append(time.process_time() - begin)
    return min(taken)
