"""The nets of a model folder on a CPU: graphs joined with their weights, compiled by OpenVINO."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from solver.arrays import Floats
from solver.errors import ModelError
from solver.runtime.parts import in_parts
from solver.runtime.vendor import openvino

#: The graphs' file in a model folder.
GRAPHS = "graphs.zip"

#: The input of a graph that takes bytes, (N, H, W, C); others take float32.
PICTURES = "pictures"


class GraphNet:
    """A compiled net, as a `Net`; it may be called by several threads at once.

    It always takes the same number of inputs at a time, filled up with zeros, so that each one is
    computed in the same way whatever comes with it.
    """

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._batch = int(compiled.input(0).shape[0])
        self._own = threading.local()

    def __call__(self, *inputs: NDArray[Any]) -> tuple[Floats, ...]:
        """Apply the net, part by part."""
        return in_parts(self._infer, inputs, self._batch)

    def _infer(self, *inputs: NDArray[Any]) -> tuple[Floats, ...]:
        if not hasattr(self._own, "request"):
            self._own.request = self._compiled.create_infer_request()
        outputs: tuple[Floats, ...] = self._own.request.infer(inputs, share_inputs=True).to_tuple()
        return outputs


def load(folder: Path, names: Iterable[str], threads: int) -> dict[str, GraphNet]:
    """Compile nets of a model folder for so many threads that may call them at once.

    Raises:
        ModelError: a file is missing, damaged or belongs to another model.
    """
    core = openvino().Core()
    graphs = {name: read(folder, name) for name in names}
    return {
        name: GraphNet(core.compile_model(graph, "CPU", properties(threads)))
        for name, graph in graphs.items()
    }


def properties(threads: int) -> dict[str, Any]:
    """How a graph is compiled: float32, and every call on one thread alone."""
    return {
        "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": threads,
        "ENABLE_CPU_PINNING": False,
    }


def read(folder: Path, name: str) -> Any:
    """The graph of a net with its weights in place, an OpenVINO model.

    Raises:
        ModelError: a file is missing, damaged or belongs to another model.
    """
    weights = _weights(folder / f"{name}.safetensors")
    try:
        with ZipFile(folder / GRAPHS) as archive:
            files = archive.read(f"{name}.xml"), archive.read(f"{name}.bin")
        graph = openvino().Core().read_model(*files)
        _fill(graph, weights)
    except (OSError, BadZipFile, KeyError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        message = f"{folder / name}.safetensors and {GRAPHS} do not fit each other ({reason})."
        raise ModelError(f"{message} Export the model again.") from error
    return _for_bytes(graph)


def _weights(path: Path) -> Mapping[str, Floats]:
    try:
        return {name: value.astype(np.float32) for name, value in load_file(path).items()}
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing. Export or train the model again.") from error
    except (SafetensorError, OSError) as error:
        message = f"{path} is damaged ({error}). Export the model again."
        raise ModelError(message) from error


def _fill(graph: Any, weights: Mapping[str, Floats]) -> None:
    """Put the weights in place of the inputs of their names."""
    inputs = {parameter.get_friendly_name(): parameter for parameter in graph.get_parameters()}
    for name, value in weights.items():
        parameter = inputs.pop(name)
        if list(value.shape) != list(parameter.get_output_shape(0)):
            raise ValueError(f"{name} has the shape {value.shape}")
        constant = openvino().opset13.constant(value)
        for target in parameter.output(0).get_target_inputs():
            target.replace_source_output(constant.output(0))
        graph.remove_parameter(parameter)
    missing = [name for name in inputs if "." in name]
    if missing:
        raise ValueError(f"there is no weight {missing[0]}")


def _for_bytes(graph: Any) -> Any:
    """The graph with (N, H, W, C) uint8 for its pictures."""
    if graph.input(0).any_name != PICTURES:
        return graph
    steps = openvino().preprocess.PrePostProcessor(graph)
    steps.input().tensor().set_element_type(openvino().Type.u8)
    steps.input().tensor().set_layout(openvino().Layout("NHWC"))
    steps.input().model().set_layout(openvino().Layout("NCHW"))
    return steps.build()
