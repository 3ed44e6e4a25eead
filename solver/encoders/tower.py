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

#: What opens the names of the tower's weights in a checkpoint of a whole model.
OWN = "visual."


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
class Tower:
    """A picture tower: `net` maps (N, 3, H, W) to (N, width); `shape` and `preprocess` say how.

    `shape` is what open_clip calls a model's config, `preprocess` the size, mean, deviation and
    interpolation that the tower was trained with.
    """

    net: nn.Module
    width: int
    shape: Mapping[str, Any]
    preprocess: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a tower comes from: its shape, its preprocessing, its weights if there are any."""

    shape: Mapping[str, Any]
    preprocess: Mapping[str, Any]
    weights: Path | None


def load_tower(which: ClipConfig, folder: Path = Path()) -> Tower:
    """Build the picture tower alone, in the memory of its own weights.

    Args:
        which: the architecture and where its weights are.
        folder: what a relative checkpoint is relative to.

    Raises:
        ModelError: the architecture, the tag or the checkpoint is not there or does not fit.
    """
    with _root_logger_kept():
        source = _source(which, folder)
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


def _source(which: ClipConfig, folder: Path) -> _Source:
    if which.checkpoint is not None:
        path = folder / which.checkpoint
        if not path.exists():
            raise ModelError(f"There is no checkpoint {path}. Put the weights there.")
        if path.is_dir():
            return _described(path / LAYOUT, _weights_in(path))
        return _Source(_shape(which.architecture), {}, path)
    if which.architecture.startswith(hub.PREFIX):
        repository = which.architecture.removeprefix(hub.PREFIX)
        return _described(hub.fetch(repository, (LAYOUT,)), hub.fetch(repository, hub.WEIGHTS))
    if which.pretrained is not None:
        return _tagged(which.architecture, which.pretrained)
    return _Source(_shape(which.architecture), {}, None)


def _tagged(architecture: str, tag: str) -> _Source:
    """The source behind a tag, whose activation function counts more than the architecture's."""
    import open_clip

    shape = _shape(architecture)
    known = open_clip.get_pretrained_cfg(architecture.replace("/", "-"), tag)
    if not known:
        tags = ", ".join(open_clip.list_pretrained_tags_by_model(architecture)) or "none"
        raise ModelError(f"open_clip knows no tag {tag!r} of {architecture}; it knows: {tags}.")
    quick = {"quick_gelu": bool(known.get("quick_gelu", shape.get("quick_gelu", False)))}
    return _Source({**shape, **quick}, known, hub.weights_of(known["hf_hub"]))


def _shape(architecture: str) -> Mapping[str, Any]:
    import open_clip

    shape = open_clip.get_model_config(architecture.replace("/", "-"))
    if shape is None:
        raise ModelError(
            f"open_clip knows no architecture {architecture!r}. Take one of "
            "open_clip.list_models(), such as ViT-B-32, or a folder in open_clip's layout."
        )
    return dict(shape)


def _described(path: Path, weights: Path) -> _Source:
    try:
        layout = json.loads(path.read_text(encoding="utf-8"))
        return _Source(layout["model_cfg"], layout.get("preprocess_cfg", {}), weights)
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


def _built(which: ClipConfig, source: _Source) -> nn.Module:
    try:
        return _mapped(source) or _filled(source)
    except ModelError:
        raise
    except Exception as error:
        name = which.checkpoint or which.architecture
        raise ModelError(f"open_clip cannot build the picture tower of {name}: {error}") from error


def _mapped(source: _Source) -> nn.Module | None:
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


def _filled(source: _Source) -> nn.Module:
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


def _sized(net: nn.Module, source: _Source) -> dict[str, Any]:
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
