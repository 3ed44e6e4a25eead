"""A model is a folder: config.json, card.md, weights as safetensors, and the nets' graphs.

On a CPU its nets run in OpenVINO, and torch is not even imported; see `solver.runtime`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solver.calibration import Calibration
from solver.encoders import Encoder
from solver.encoders.polar import PolarEncoder
from solver.errors import ModelError
from solver.model_folder import CONFIG, find, identify, read_config
from solver.runtime import Net, gpus, graphs

#: The nets that every model has; one for the encoder may come with them.
NETS = ("finder", "hint", "digit")

#: Encoders by the `kind` in the config.
ENCODERS = ("polar", "clip")


@dataclass(frozen=True, slots=True)
class Model:
    """A model ready to solve; `id` is its name and the start of a hash of its content."""

    id: str
    name: str
    path: Path
    device: str
    finder: Net
    hint: Net
    digit: Net
    encoder: Encoder
    calibration: Calibration


def load(ref: str | Path | None = None, device: str = "auto", threads: int = 1) -> Model:
    """Load a model folder; without `ref` the one that ships with the package.

    Args:
        ref: a folder, or the name of a model that ships with the package.
        device: `cpu`, `cuda`, `cuda:0` …, or `auto` for the first GPU there is.
        threads: how many threads will use it at once.

    Raises:
        DeviceError: the device has no room for it.
        ModelError: the folder, a file in it or the device is missing or does not fit.
    """
    folder = find(ref)
    config = read_config(folder)
    _check(config, folder)
    place = choose_device(device)
    own = ("encoder", "pair") if config["encoder"]["kind"] == "polar" else ()
    nets = _nets(folder, (*NETS, *own), place, threads)
    return Model(
        id=identify(folder),
        name=config["name"],
        path=folder,
        device=place,
        finder=nets["finder"],
        hint=nets["hint"],
        digit=nets["digit"],
        encoder=_encoder(nets, folder, place),
        calibration=_calibration(config, folder),
    )


def choose_device(device: str) -> str:
    """The name of a device; `auto` is the GPU where there is one.

    Raises:
        ModelError: there is no such device.
    """
    if device == "cpu" or (device == "auto" and not gpus.visible()):
        return "cpu"
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise ModelError(f"{device!r} is no device. Use auto, cpu or cuda.") from error
    if chosen.type == "cuda" and (chosen.index or 0) >= torch.cuda.device_count():
        raise ModelError(f"There is no usable device {device} here. Use auto or cpu.")
    return str(chosen)


def _nets(folder: Path, names: tuple[str, ...], place: str, threads: int) -> Mapping[str, Net]:
    if place == "cpu" and (folder / graphs.GRAPHS).exists():
        return graphs.load(folder, names, threads)
    import torch

    from solver.nets import gpu
    from solver.nets.folder import load_net
    from solver.nets.run import TorchNet

    if place != "cpu":
        return gpu.load(folder, names, torch.device(place))
    # An older version saved no graphs.
    return {name: TorchNet(load_net(folder, name), torch.device(place)) for name in names}


def _encoder(nets: Mapping[str, Net], folder: Path, place: str) -> Encoder:
    if "encoder" in nets:
        return PolarEncoder(nets["encoder"], nets["pair"])
    import torch

    from solver.nets.folder import load_clip

    return load_clip(folder, torch.device(place))


def _check(config: Mapping[str, Any], folder: Path) -> None:
    """Refuse a config that lacks a part; ModelError."""
    try:
        kind = config["encoder"]["kind"]
        widths = [int(config[name]["width"]) for name in NETS]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{folder / CONFIG} lacks or mistypes a field: {error}.") from error
    if kind not in ENCODERS:
        raise ModelError(f"There is no encoder {kind!r}. Known: {', '.join(ENCODERS)}.")
    if min(widths) < 1:
        raise ModelError(f"{folder / CONFIG} asks for a net without any channels.")


def _calibration(config: Mapping[str, Any], folder: Path) -> Calibration:
    try:
        return Calibration.from_json(config["calibration"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"The calibration in {folder / CONFIG} does not fit this version ({error!r})."
        raise ModelError(message) from error
