"""Where a CLIP tower comes from: a tag, a checkpoint or a folder, and what shape it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solver.encoders import hub
from solver.errors import ModelError

#: Files of a folder in open_clip's layout; weights in the order in which they are looked for.
LAYOUT = "open_clip_config.json"
WEIGHTS = (
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",
    "open_clip_pytorch_model.bin",
    "open_clip_pytorch_model.pth",
    "model.safetensors",
    "pytorch_model.bin",
    "pytorch_model.pth",
    "model.pth",
)


@dataclass(frozen=True, slots=True)
class ClipConfig:
    """Which CLIP: an architecture's name with a pretrained tag or a checkpoint.

    `pretrained` is a tag that open_clip knows; its weights come from the local Hugging Face cache,
    or from the hub. `checkpoint` is a file (safetensors, or a .pt or .bin that holds nothing but
    weights) of the whole model or of its picture tower, or a folder in open_clip's layout, which
    then says the architecture itself. Without both the tower starts at random.
    """

    architecture: str = "ViT-B-32"
    pretrained: str | None = None
    checkpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a tower comes from: its shape, its preprocessing, its weights if there are any."""

    shape: Mapping[str, Any]
    preprocess: Mapping[str, Any]
    weights: Path | None


def find_source(which: ClipConfig, folder: Path) -> Source:
    """Where the tower that a config names is.

    Raises:
        ModelError: the architecture, the tag or the checkpoint is not there.
    """
    if which.checkpoint is not None:
        path = folder / which.checkpoint
        if not path.exists():
            raise ModelError(f"There is no checkpoint {path}. Put the weights there.")
        if path.is_dir():
            return _described(path / LAYOUT, _weights_in(path))
        return Source(_shape(which.architecture), {}, path)
    if which.architecture.startswith(hub.PREFIX):
        repository = which.architecture.removeprefix(hub.PREFIX)
        return _described(hub.fetch(repository, (LAYOUT,)), hub.fetch(repository, hub.WEIGHTS))
    if which.pretrained is not None:
        return _tagged(which.architecture, which.pretrained)
    return Source(_shape(which.architecture), {}, None)


def _tagged(architecture: str, tag: str) -> Source:
    """The source behind a tag, whose activation function counts more than the architecture's."""
    import open_clip

    shape = _shape(architecture)
    known = open_clip.get_pretrained_cfg(architecture.replace("/", "-"), tag)
    if not known:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(architecture)) or "none"
        raise ModelError(f"open_clip knows no tag {tag!r} of {architecture}; it knows: {tags}.")
    quick = {"quick_gelu": bool(known.get("quick_gelu", shape.get("quick_gelu", False)))}
    return Source({**shape, **quick}, known, hub.weights_of(known["hf_hub"]))


def _shape(architecture: str) -> Mapping[str, Any]:
    import open_clip

    shape = open_clip.get_model_config(architecture.replace("/", "-"))
    if shape is None:
        raise ModelError(
            f"open_clip knows no architecture {architecture!r}. Take one of "
            "open_clip.list_models(), such as ViT-B-32, or a folder in open_clip's layout."
        )
    return dict(shape)


def _described(path: Path, weights: Path) -> Source:
    try:
        layout = json.loads(path.read_text(encoding="utf-8"))
        return Source(layout["model_cfg"], layout.get("preprocess_cfg", {}), weights)
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} does not say the shape of the model ({error!r}). Export it again."
        raise ModelError(message) from error


def _weights_in(folder: Path) -> Path:
    named = [folder / name for name in WEIGHTS]
    others = [
        path
        for ending in ("safetensors", "bin", "pth", "pt")
        for path in folder.glob(f"*.{ending}")
    ]
    found = next((path for path in [*named, *sorted(others)] if path.is_file()), None)
    if found is None:
        raise ModelError(f"{folder} holds no weights; put {WEIGHTS[0]} there.")
    return found
