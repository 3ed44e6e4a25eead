"""Writing down the graphs of nets for the CPU's runtime: what is computed, without the weights.

The weights stay in the model folder's safetensors, the only place where they are; a graph takes
them as further inputs, named as in the net's state dict.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import torch
from torch import Tensor, nn
from torch.func import functional_call

from solver.quiet import quiet
from solver.runtime.vendor import openvino

#: The shapes of a net's inputs by name.
Shapes: TypeAlias = Mapping[str, tuple[int, ...]]


class _Open(nn.Module):
    """A net whose weights are arguments."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        # Within a tuple it is no submodule, so that its weights are not this module's own.
        self._net = (copy.deepcopy(net).eval(),)
        self.weights = {n: v for n, v in net.state_dict().items() if v.is_floating_point()}

    def forward(self, *both: Tensor) -> Any:
        """What the net gives for inputs that the weights follow."""
        ends = len(both) - len(self.weights)
        named = dict(zip(self.weights, both[ends:], strict=True))
        return functional_call(self._net[0], named, both[:ends])


def export(nets: Mapping[str, nn.Module], inputs: Mapping[str, Shapes], path: Path) -> None:
    """Write the graphs of nets to one zip file.

    Args:
        nets: by name; those without `inputs` are left out.
        inputs: for each net the shapes of its inputs by name, in the order of its `forward`; the
            first number is how many it takes at once.
        path: the file.
    """
    with TemporaryDirectory() as name, ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for net, shapes in inputs.items():
            openvino().save_model(_graph(nets[net], shapes), f"{name}/{net}.xml", False)
        for file in sorted(Path(name).iterdir()):
            # A fixed date, so that the same nets give the same file.
            archive.writestr(ZipInfo(file.name), file.read_bytes(), ZIP_DEFLATED)


def copy_graphs(source: Path, names: Collection[str], path: Path) -> None:
    """Write the graphs of some nets of one file to another, as `export` would for such nets."""
    with ZipFile(source) as there, ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in there.namelist():
            if Path(file).stem in names:
                archive.writestr(ZipInfo(file), there.read(file), ZIP_DEFLATED)


def _graph(net: nn.Module, shapes: Shapes) -> Any:
    opened = _Open(net).eval()
    whole = {**shapes, **{name: tuple(value.shape) for name, value in opened.weights.items()}}
    example = tuple(torch.zeros(shape) for shape in whole.values())
    with quiet():
        graph = openvino().convert_model(torch.export.export(opened, example))
    for parameter, (name, shape) in zip(graph.get_parameters(), whole.items(), strict=True):
        parameter.set_friendly_name(name)
        parameter.output(0).set_names({name})
        parameter.set_partial_shape(openvino().PartialShape(list(shape)))
    graph.validate_nodes_and_infer_types()
    return graph
