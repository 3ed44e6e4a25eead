"""Writing the folder of a trained model, with nothing in it that lies elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import torch
from torch import Tensor, nn

from solver.calibration import Calibration
from solver.encoders.clip import ClipConfig, ClipEncoder
from solver.encoders.tower import save_tower, stored
from solver.finetune.errors import TrainingError
from solver.model import Model
from solver.model_folder import CONFIG, read_config
from solver.nets.folder import Nets, load_clip, load_net, load_nets, parts, save
from solver.nets.polar import PolarNet
from solver.runtime.graphs import GRAPHS
from solver.train.matching import Matcher

Net = TypeVar("Net", bound=nn.Module)

#: The weights of a net, by name.
Weights: TypeAlias = Mapping[str, Tensor]

#: The folder of a CLIP tower within a model's.
TOWER = "clip"

#: The published tower: what a head is trained on where nothing else is asked for.
PUBLISHED = ClipConfig("ViT-B-32", pretrained="openai")

#: What a config says of its model that a child's says anew.
OWN = ("name", "encoder", "calibration", "format", "lineage")


def tower_of(model: Model, which: ClipConfig | None) -> tuple[ClipEncoder, Tensor | None]:
    """The encoder whose tower a head is trained on, and the head's weights to go on from.

    Without `which` it is the model's own, with its head, where it has one. The tower is rounded as
    it will be stored, so that what is trained on is what is solved with.

    Raises:
        ModelError: the tower cannot be had.
    """
    device = torch.device(model.device)
    own = read_config(model.path)["encoder"]["kind"] == ClipEncoder.kind
    if which is None and own:
        encoder = load_clip(model.path, device)
        start = encoder.head.weight.detach().cpu()
    else:
        encoder, start = ClipEncoder(which or PUBLISHED, device), None
    stored(encoder.source)
    return encoder, start


def matcher_of(model: Model) -> Matcher:
    """The model's polar encoder with its pair net, ready to be trained on.

    Raises:
        TrainingError: the model has none.
    """
    nets = load_nets(model.path, torch.device("cpu"))
    if not isinstance(nets.encoder, PolarNet) or nets.pair is None:
        raise TrainingError(
            f"{model.id} compares icons with CLIP, which is trained by its head alone. "
            "Train the kind head, or start from a model with a polar encoder."
        )
    return Matcher(nets.encoder, nets.pair)


def net_of(model: Model, name: str, kind: type[Net]) -> Net:
    """One of the model's nets with its weights, ready to be trained on."""
    net = load_net(model.path, name)
    if not isinstance(net, kind):
        raise TypeError(f"{name} of {model.id} should be a {kind.__name__}")
    return net


def hash_net(model: Model, name: str) -> str:
    """A hash of the weights of one of a model's nets."""
    with (model.path / f"{name}.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_model(
    folder: Path,
    parent: Model,
    encoder: Matcher | ClipEncoder,
    others: Mapping[str, Weights],
    named: Mapping[str, Any],
    calibration: Calibration,
) -> str:
    """Write a model like its parent but for what was trained; returns its id.

    Args:
        folder: what is written.
        parent: where all that was not trained comes from.
        encoder: the trained one; a CLIP tower is written along.
        others: trained weights of `digit` and `hint`, where they were trained.
        named: fields of the config: `name`, `lineage`.
        calibration: of the new model.
    """
    config = read_config(parent.path)
    kept = {name: value for name, value in config.items() if name not in OWN}
    own: Mapping[str, Any] = config["encoder"]
    if isinstance(encoder, ClipEncoder):
        save_tower(encoder.source, folder / TOWER)
        own = {"kind": ClipEncoder.kind, "architecture": TOWER, "checkpoint": TOWER}
    nets: Nets = load_nets(parent.path, torch.device("cpu"))
    for name, weights in others.items():
        parts(nets)[name].load_state_dict(weights)
    if isinstance(encoder, ClipEncoder):
        nets = replace(nets, encoder=encoder, pair=None)
        kept.pop("pair", None)
    else:
        nets = replace(nets, encoder=encoder.net, pair=encoder.pair)
    config = {**kept, **named, "encoder": dict(own)}
    return save(folder, config, nets, calibration, "", parent.path / GRAPHS)


def set_calibration(folder: Path, calibration: Calibration) -> None:
    """Write another calibration into a model's config."""
    config = {**read_config(folder), "calibration": calibration.to_json()}
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
