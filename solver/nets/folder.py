"""The nets of a model folder as torch modules: built, filled with weights, stored."""

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
from solver.encoders.clip import ClipConfig, ClipEncoder
from solver.errors import ModelError
from solver.hint import MAPS as HINT_MAPS
from solver.model_folder import CARD, CONFIG, FORMAT, identify, read_config
from solver.nets.digit import DigitNet
from solver.nets.finder import Finder
from solver.nets.polar import ROWS, STEPS, PairNet, PolarNet
from solver.nets.shapes import CROP, DIGIT_SIDE
from solver.planets import MAPS as PLANET_MAPS
from solver.runtime.export import Shapes, copy_graphs, export
from solver.runtime.graphs import GRAPHS, PICTURES
from solver.solution import TILE

#: How many pictures each net takes at once on a CPU. Measured on one core: the finder is no faster
#: by tiles together, and the encoder hardly by more than eight crops.
TILES_AT_ONCE, DIGITS_AT_ONCE, CROPS_AT_ONCE, PAIRS_AT_ONCE = 1, 5, 8, 16


@dataclass(frozen=True, slots=True)
class Nets:
    """The nets of a model, as they are trained; `pair` goes with a `PolarNet` alone."""

    finder: Finder
    hint: Finder
    digit: DigitNet
    encoder: PolarNet | ClipEncoder
    pair: PairNet | None = None


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
    for name, net in parts(nets).items():
        _fill(net, folder / f"{name}.safetensors")
    return nets


def load_net(folder: Path, name: str) -> nn.Module:
    """One of the nets of a model folder, save a CLIP, with its weights.

    Raises:
        ModelError: a file is missing, damaged or of another shape.
    """
    net: nn.Module = _build(name, read_config(folder)[name])
    _fill(net, folder / f"{name}.safetensors")
    return net


def load_clip(folder: Path, device: torch.device) -> ClipEncoder:
    """The CLIP encoder of a model folder; its tower comes from where the config says.

    Raises:
        ModelError: the tower or the head cannot be had.
    """
    encoder = _build_encoder(read_config(folder)["encoder"], device, folder)
    if not isinstance(encoder, ClipEncoder):
        raise ModelError(f"The encoder of {folder} is no CLIP.")
    _fill(encoder.head, folder / "encoder.safetensors")
    return encoder


def build_nets(config: Mapping[str, Any], device: torch.device, folder: Path = Path()) -> Nets:
    """Fresh nets of the sizes that a config asks for."""
    finder, hint, digit = (_build(name, config[name]) for name in ("finder", "hint", "digit"))
    encoder = _build_encoder(config["encoder"], device, folder)
    return Nets(finder, hint, digit, encoder, _build_pair(config, encoder))


def _build(name: str, config: Mapping[str, Any]) -> Any:
    if name == "finder":
        return Finder(len(PLANET_MAPS), config["width"])
    if name == "hint":
        return Finder(len(HINT_MAPS), config["width"])
    if name == "digit":
        return DigitNet(config["width"])
    if name == "pair":
        return PairNet(config["details"], config["width"])
    return PolarNet(config["width"], config["features"], config["details"])


def save(
    folder: Path,
    config: Mapping[str, Any],
    nets: Nets,
    calibration: Calibration,
    card: str,
    graphs: Path | None = None,
) -> str:
    """Write a model folder with the graphs of its nets, and return the model's id.

    Weights are stored as float16. `graphs`: the file of a model whose nets are of the same sizes;
    graphs hold no weights, so that they are the same and need not be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, net in parts(nets).items():
        path = folder / f"{name}.safetensors"
        save_file(_stored(net), path)
        path.chmod(0o644)  # safetensors lets only the owner read; a service runs as another user
    if graphs is not None and graphs.exists():
        copy_graphs(graphs, inputs(nets), folder / GRAPHS)
    else:
        export(parts(nets), inputs(nets), folder / GRAPHS)
    whole = {**config, "format": FORMAT, "calibration": calibration.to_json()}
    (folder / CONFIG).write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    (folder / CARD).write_text(card, encoding="utf-8")
    return identify(folder)


def _build_encoder(
    config: Mapping[str, Any], device: torch.device, folder: Path
) -> PolarNet | ClipEncoder:
    kind = config["kind"]
    if kind == "polar":
        polar: PolarNet = _build("encoder", config)
        return polar
    if kind == ClipEncoder.kind:
        sources = config.get("pretrained"), config.get("checkpoint")
        which = ClipConfig(config["architecture"], *sources)
        return ClipEncoder(which, device, folder)
    raise ModelError(f"There is no encoder {kind!r}. Known: polar, clip.")


def _build_pair(config: Mapping[str, Any], encoder: PolarNet | ClipEncoder) -> PairNet | None:
    if not isinstance(encoder, PolarNet):
        return None
    pair: PairNet = _build("pair", config["pair"])
    return pair


def parts(nets: Nets) -> dict[str, nn.Module]:
    """What has weights of its own in the folder, by file name."""
    own = nets.encoder.head if isinstance(nets.encoder, ClipEncoder) else nets.encoder
    found = {"finder": nets.finder, "hint": nets.hint, "digit": nets.digit, "encoder": own}
    return found if nets.pair is None else {**found, "pair": nets.pair}


def inputs(nets: Nets) -> dict[str, Shapes]:
    """The inputs of the nets that have a graph for the CPU's runtime, by name: (N, C, H, W)."""
    shapes: dict[str, Shapes] = {
        "finder": {PICTURES: (TILES_AT_ONCE, 3, TILE, TILE)},
        "hint": {PICTURES: (1, 3, TILE, TILE)},
        "digit": {PICTURES: (DIGITS_AT_ONCE, 1, DIGIT_SIDE, DIGIT_SIDE)},
    }
    if isinstance(nets.encoder, PolarNet):
        details = (PAIRS_AT_ONCE, nets.encoder.details, ROWS, STEPS)
        shapes["encoder"] = {PICTURES: (CROPS_AT_ONCE, 3, CROP, CROP)}
        shapes["pair"] = {"hints": details, "planets": details}
    return shapes


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
