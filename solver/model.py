"""A model is a folder: config.json, card.md and weights as safetensors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from solver.calibration import Calibration
from solver.encoders import Encoder
from solver.encoders.clip import ClipConfig, ClipEncoder
from solver.encoders.polar import PolarEncoder
from solver.errors import ModelError
from solver.hint import MAPS as HINT_MAPS
from solver.model_folder import CARD, CONFIG, FORMAT, find, identify, read_config
from solver.nets.digit import DigitNet
from solver.nets.finder import Finder
from solver.nets.polar import PolarNet
from solver.nets.run import prepare
from solver.planets import MAPS as PLANET_MAPS


@dataclass(frozen=True, slots=True)
class Nets:
    """The nets of a model, as they are trained."""

    finder: Finder
    hint: Finder
    digit: DigitNet
    encoder: Encoder


@dataclass(frozen=True, slots=True)
class Model:
    """A model ready to solve; `id` is its name and the start of a hash of its content."""

    id: str
    name: str
    path: Path
    device: torch.device
    finder: nn.Module
    hint: nn.Module
    digit: nn.Module
    encoder: Encoder
    calibration: Calibration


def load(ref: str | Path | None = None, device: str = "auto") -> Model:
    """Load a model folder; without `ref` the one that ships with the package.

    Args:
        ref: a folder, or the name of a model that ships with the package.
        device: `cpu`, `cuda`, `cuda:0` …, or `auto` for the first GPU there is.

    Raises:
        ModelError: the folder, a file in it or the device is missing or does not fit.
    """
    folder = find(ref)
    config = read_config(folder)
    place = choose_device(device)
    nets = load_nets(folder, place)
    encoder = nets.encoder
    if isinstance(encoder, PolarEncoder):
        prepare(encoder.net, place)
    return Model(
        id=identify(folder),
        name=config["name"],
        path=folder,
        device=place,
        finder=prepare(nets.finder, place),
        hint=prepare(nets.hint, place),
        digit=prepare(nets.digit, place),
        encoder=encoder,
        calibration=_calibration(config, folder),
    )


def load_nets(folder: Path, device: torch.device) -> Nets:
    """The nets of a model folder with their weights, not yet prepared for inference.

    Raises:
        ModelError: a file is missing, damaged or of another shape.
    """
    config = read_config(folder)
    try:
        nets = build_nets(config, device, folder)
    except (KeyError, TypeError) as error:
        raise ModelError(f"{folder / CONFIG} lacks or mistypes a field: {error}.") from error
    for name, net in _parts(nets).items():
        _fill(net, folder / f"{name}.safetensors")
    return nets


def build_nets(config: Mapping[str, Any], device: torch.device, folder: Path = Path()) -> Nets:
    """Fresh nets of the sizes that a config asks for."""
    return Nets(
        finder=Finder(len(PLANET_MAPS), config["finder"]["width"]),
        hint=Finder(len(HINT_MAPS), config["hint"]["width"]),
        digit=DigitNet(config["digit"]["width"]),
        encoder=_build_encoder(config["encoder"], device, folder),
    )


def save(
    folder: Path, config: Mapping[str, Any], nets: Nets, calibration: Calibration, card: str
) -> str:
    """Write a model folder and return the model's id; weights are stored as float16."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, net in _parts(nets).items():
        path = folder / f"{name}.safetensors"
        save_file(_stored(net), path)
        path.chmod(0o644)  # safetensors lets only the owner read; a service runs as another user
    whole = {**config, "format": FORMAT, "calibration": calibration.to_json()}
    (folder / CONFIG).write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    (folder / CARD).write_text(card, encoding="utf-8")
    return identify(folder)


def choose_device(device: str) -> torch.device:
    """A torch device by name; `auto` is the GPU where there is one.

    Raises:
        ModelError: there is no such device.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise ModelError(f"{device!r} is no device. Use auto, cpu or cuda.") from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise ModelError("There is no usable CUDA device here. Use --device cpu or auto.")
    return chosen


def _build_encoder(config: Mapping[str, Any], device: torch.device, folder: Path) -> Encoder:
    kind = config["kind"]
    if kind == PolarEncoder.kind:
        return PolarEncoder(PolarNet(config["width"], config["features"]), device)
    if kind == ClipEncoder.kind:
        sources = config.get("pretrained"), config.get("checkpoint")
        which = ClipConfig(config["architecture"], *sources)
        return ClipEncoder(which, device, folder)
    raise ModelError(f"There is no encoder {kind!r}. Known: polar, clip.")


def _parts(nets: Nets) -> dict[str, nn.Module]:
    """What has weights of its own in the folder, by file name."""
    encoder: Any = nets.encoder
    own = encoder.net if isinstance(encoder, PolarEncoder) else encoder.head
    return {"finder": nets.finder, "hint": nets.hint, "digit": nets.digit, "encoder": own}


def _fill(net: nn.Module, path: Path) -> None:
    try:
        weights = {name: value.float() for name, value in load_file(path).items()}
        counters = {n: v for n, v in net.state_dict().items() if n.endswith("num_batches_tracked")}
        net.load_state_dict({**counters, **weights})
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing. Export or train the model again.") from error
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = str(error).splitlines()[0]
        message = f"{path} is damaged or belongs to another model ({reason}). Export it again."
        raise ModelError(message) from error


def _stored(net: nn.Module) -> dict[str, Tensor]:
    return {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in net.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def _calibration(config: Mapping[str, Any], folder: Path) -> Calibration:
    try:
        return Calibration.from_json(config["calibration"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"The calibration in {folder / CONFIG} does not fit this version ({error!r})."
        raise ModelError(message) from error
