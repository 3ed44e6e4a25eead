"""EasyOCR's recogniser of English text as a graph: convolutions, two two-way LSTMs, one layer.

The architecture is that of `easyocr.model.vgg_model` (CRNN, Shi et al. 2015), its weights are read
from EasyOCR's own file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.runtime import checkpoint
from solver.runtime.graphs import properties
from solver.runtime.vendor import openvino

#: Rows of a picture.
HEIGHT = 64

#: The convolutions by their position in EasyOCR's list, with what follows: a pool (rows, columns).
POOLS = {0: (2, 2), 3: (2, 2), 6: None, 8: (2, 1), 11: None, 14: (2, 1), 18: None}

#: The convolutions that have no bias but a batch norm after them.
NORMED = (11, 14)

Weights = Mapping[str, NDArray[Any]]


class Recogniser:
    """Reads one line of text; not for several threads at once."""

    def __init__(self, path: Path) -> None:
        """Load the weights; ModelError where they cannot be read."""
        read = checkpoint.read(path)
        weights = {name.removeprefix("module."): value for name, value in read.items()}
        compiled = openvino().Core().compile_model(_graph(weights), "CPU", properties(1))
        self._request = compiled.create_infer_request()

    def __call__(self, picture: Floats) -> Floats:
        """Logits (T, classes) from left to right for a (64, W) float32 picture in -1..1."""
        logits: Floats = self._request.infer([picture[None, None]])[0][0]
        return logits


def _graph(weights: Weights) -> Any:
    ops = openvino().opset13
    picture = ops.parameter([1, 1, HEIGHT, -1], np.float32)
    x = picture
    for position, pool in POOLS.items():
        x = ops.relu(_convolution(ops, x, weights, position))
        if pool is not None:
            x = ops.max_pool(x, pool, (1, 1), (0, 0), (0, 0), pool).output(0)
    columns = ops.transpose(ops.reduce_mean(x, [2], False), [0, 2, 1])
    for layer in ("SequenceModeling.0", "SequenceModeling.1"):
        columns = _linear(
            ops, _lstm(ops, columns, weights, f"{layer}.rnn"), weights, f"{layer}.linear"
        )
    return openvino().Model([_linear(ops, columns, weights, "Prediction")], [picture], "recogniser")


def _convolution(ops: Any, x: Any, weights: Weights, position: int) -> Any:
    name = f"FeatureExtraction.ConvNet.{position}"
    kernel = weights[f"{name}.weight"]
    pad = kernel.shape[2] // 2 if kernel.shape[2] == 3 else 0
    if position in NORMED:
        norm = {n: weights[f"FeatureExtraction.ConvNet.{position + 1}.{n}"] for n in NORM}
        gain = norm["weight"] / np.sqrt(norm["running_var"] + 1e-5)
        kernel, bias = (
            kernel * gain[:, None, None, None],
            norm["bias"] - norm["running_mean"] * gain,
        )
    else:
        bias = weights[f"{name}.bias"]
    x = ops.convolution(x, kernel, (1, 1), (pad, pad), (pad, pad), (1, 1))
    return ops.add(x, bias.reshape(1, -1, 1, 1))


#: What a batch norm holds.
NORM = ("weight", "bias", "running_mean", "running_var")


def _linear(ops: Any, x: Any, weights: Weights, name: str) -> Any:
    return ops.add(ops.matmul(x, weights[f"{name}.weight"], False, True), weights[f"{name}.bias"])


def _lstm(ops: Any, x: Any, weights: Weights, name: str) -> Any:
    """A two-way LSTM over (1, T, F): (1, T, 2 H)."""
    hidden = weights[f"{name}.weight_hh_l0"].shape[1]
    into, back = (_both_ways(weights, f"{name}.weight_{kind}_l0") for kind in ("ih", "hh"))
    bias = sum(_both_ways(weights, f"{name}.bias_{kind}_l0") for kind in ("ih", "hh"))
    start = np.zeros((1, 2, hidden), np.float32)
    length = ops.gather(ops.shape_of(x), [1], 0)
    whole = ops.lstm_sequence(
        x, start, start, length, into, back, bias, hidden, "bidirectional"
    ).output(0)
    return ops.reshape(ops.transpose(whole, [0, 2, 1, 3]), [1, -1, 2 * hidden], False)


def _both_ways(weights: Weights, name: str) -> NDArray[Any]:
    """A parameter of both directions, its gates in the runtime's order: forget, in, cell, out."""
    ways = np.stack([weights[name], weights[f"{name}_reverse"]])
    enter, forget, cell, out = np.split(ways, 4, axis=1)
    return np.concatenate([forget, enter, cell, out], axis=1)
