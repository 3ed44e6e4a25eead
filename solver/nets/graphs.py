"""The graphs of a model folder that came without them: they follow from its weights."""

from pathlib import Path

import torch

from solver.nets.folder import inputs, load_nets, parts
from solver.runtime.export import export
from solver.runtime.graphs import GRAPHS


def make_graphs(folder: Path) -> None:
    """Write the graphs of a model's nets beside their weights.

    Raises:
        ModelError: a file of the model is missing, damaged or of another shape.
    """
    nets = load_nets(folder, torch.device("cpu"))
    export(parts(nets), inputs(nets), folder / GRAPHS)
