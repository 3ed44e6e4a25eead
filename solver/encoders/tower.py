"""The picture tower of an open_clip model: built alone, its weights read without the rest."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from solver.encoders.source import LAYOUT, WEIGHTS, ClipConfig, Source, find_source
from solver.errors import ModelError

#: What opens the names of the tower's weights in a checkpoint of a whole model.
OWN = "visual."


@dataclass(frozen=True, slots=True)
class Tower:
    """A picture tower: `net` maps (N, 3, H, W) to (N, width); `shape` and `preprocess` say how.

    `shape` is what open_clip calls a model's config, `preprocess` the size, mean, deviation and
    interpolation that the tower was trained with.
    """

    net: nn.Module
    width: int
    shape: Mapping[str, Any]
    preprocess: Mapping[str, Any]


def load_tower(which: ClipConfig, folder: Path = Path()) -> Tower:
    """Build the picture tower alone, in the memory of its own weights.

    Args:
        which: the architecture and where its weights are.
        folder: what a relative checkpoint is relative to.

    Raises:
        ModelError: the architecture, the tag or the checkpoint is not there or does not fit.
    """
    with _root_logger_kept():
        source = find_source(which, folder)
        net = _built(which, source)
        return Tower(net.eval(), source.shape["embed_dim"], source.shape, _sized(net, source))


def save_tower(tower: Tower, folder: Path) -> None:
    """Write a folder in open_clip's layout that holds the tower alone, weights as float16."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {f"{OWN}{name}": _halved(value) for name, value in tower.net.state_dict().items()}
    save_file(weights, folder / WEIGHTS[0])
    (folder / WEIGHTS[0]).chmod(0o644)
    layout = {"model_cfg": tower.shape, "preprocess_cfg": tower.preprocess}
    (folder / LAYOUT).write_text(json.dumps(layout, indent=2) + "\n", encoding="utf-8")


def stored(tower: Tower) -> Tower:
    """The tower as it will be after it was saved: its weights rounded to float16."""
    for tensor in (*tower.net.parameters(), *tower.net.buffers()):
        if tensor.is_floating_point():
            tensor.data = tensor.half().to(tensor.dtype)
    return tower


def hash_tower(tower: Tower) -> str:
    """A hash of all that a tower's features depend on."""
    digest = hashlib.sha256(json.dumps([tower.shape, tower.preprocess], sort_keys=True).encode())
    for name, value in sorted(tower.net.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()


def _halved(value: Tensor) -> Tensor:
    return (value.half() if value.is_floating_point() else value).contiguous().cpu()


def _built(which: ClipConfig, source: Source) -> nn.Module:
    try:
        return _mapped(source) or _filled(source)
    except ModelError:
        raise
    except Exception as error:
        name = which.checkpoint or which.architecture
        raise ModelError(f"open_clip cannot build the picture tower of {name}: {error}") from error


def _mapped(source: Source) -> nn.Module | None:
    """The tower on the pages of its file, so that nothing is held twice; None where that fails.

    It is built without memory of its own first. Some architectures cannot be, or have tensors that
    no checkpoint holds.
    """
    if source.weights is None:
        return None
    try:
        with torch.device("meta"):
            net = _net(source.shape)
    except (RuntimeError, NotImplementedError):
        return None
    _fill(net, source.weights, assign=True)
    kept = [*net.parameters(), *net.buffers()]
    return None if any(tensor.is_meta for tensor in kept) else net.float()


def _filled(source: Source) -> nn.Module:
    net = _net(source.shape)
    if source.weights is not None:
        _fill(net, source.weights, assign=False)
    return net


def _net(shape: Mapping[str, Any]) -> nn.Module:
    # The one piece of open_clip that builds a tower without its text tower has no public name.
    from open_clip.model import _build_vision_tower

    vision = {**shape["vision_cfg"], "timm_model_pretrained": False}
    quick = bool(shape.get("quick_gelu", False))
    net: nn.Module = _build_vision_tower(shape["embed_dim"], vision, quick)
    return net


def _fill(net: nn.Module, path: Path, assign: bool) -> None:
    """Load the tower's weights; a grid of positions of another size is resized."""
    from open_clip.convert import convert_state_dict
    from open_clip.model import resize_pos_embed

    holder: Any = nn.Module()
    holder.visual = net
    try:
        stored = convert_state_dict(holder, _read(path))
        weights = {n if n.startswith(OWN) else OWN + n: v for n, v in stored.items()}
        resize_pos_embed(weights, holder)
        holder.load_state_dict(weights, assign=assign)
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        message = (
            f"{path} holds no weights of this architecture's picture tower ({reason}). Give the "
            "architecture that the checkpoint was trained as, and a file that holds only weights."
        )
        raise ModelError(message) from error


def _read(path: Path) -> dict[str, Tensor]:
    """The tower's tensors of a checkpoint; what belongs to the text tower stays on the disk."""
    if path.suffix == ".safetensors":
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in _of_tower(file.keys())}
    stored = _unpickled(path)
    stored = stored.get("state_dict", stored)
    stored = {name.removeprefix("module."): value for name, value in stored.items()}
    return {name: stored[name] for name in _of_tower(stored)}


def _of_tower(names: Any) -> list[str]:
    listed = list(names)
    return [name for name in listed if name.startswith((OWN, "image_encoder."))] or listed


def _unpickled(path: Path) -> dict[str, Any]:
    """What torch saved, tensors and nothing else; nothing in the file is ever executed."""
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except RuntimeError as error:
        if "mmap" not in str(error):
            raise
        stored = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(stored, dict):
        raise TypeError(f"it holds a {type(stored).__name__}, not weights by name")
    return stored


def _sized(net: nn.Module, source: Source) -> dict[str, Any]:
    """The tower's preprocessing: what its source says, and open_clip's usual for the rest."""
    from open_clip.transform import PreprocessCfg, merge_preprocess_dict

    known: dict[str, Any] = merge_preprocess_dict(asdict(PreprocessCfg()), dict(source.preprocess))
    return {**known, "size": getattr(net, "image_size", known["size"])}


@contextmanager
def _root_logger_kept() -> Iterator[None]:
    """open_clip logs on the root logger, which without handlers would be set up for good."""
    root, deaf = logging.getLogger(), logging.NullHandler()
    root.addHandler(deaf)
    try:
        yield
    finally:
        root.removeHandler(deaf)
