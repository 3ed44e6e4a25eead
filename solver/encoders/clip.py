"""CLIP as the encoder: any open_clip architecture with a linear head on its picture tower."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from solver.errors import ModelError
from solver.nets.run import Floats, as_batch
from solver.picture import Picture

#: Length of an embedding after the head.
FEATURES = 64


@dataclass(frozen=True, slots=True)
class ClipConfig:
    """Which CLIP: an architecture's name with a pretrained tag or a checkpoint.

    `pretrained` is a tag that open_clip knows; it is looked up in the local cache, or fetched when
    the Hugging Face hub may be reached. `checkpoint` is a file (safetensors) with weights of the
    architecture, or a folder in open_clip's layout, which then says the architecture itself.
    Without both the tower starts at random.
    """

    architecture: str = "ViT-B-32"
    pretrained: str | None = None
    checkpoint: str | None = None


class ClipEncoder:
    """Compares crops by the cosine of their projected CLIP embeddings."""

    kind = "clip"

    def __init__(self, which: ClipConfig, device: torch.device, folder: Path = Path()) -> None:
        self._device = device
        self.tower, self._preprocess = _load_tower(which, folder)
        self.tower.eval().to(device)
        with torch.inference_mode():
            width = self.tower(torch.zeros(1, 3, *self._side(), device=device)).shape[-1]
        self.head = nn.Linear(width, FEATURES, bias=False).to(device).eval()

    def embed_hint(self, hint: Picture) -> Tensor:
        """Embed views of the hint's icon: (V, S, S, 3) uint8 to (V, 64) unit embeddings."""
        return self.embed(hint)

    def embed(self, crops: Picture) -> Tensor:
        """Embed planets: (N, S, S, 3) uint8 to (N, 64) unit embeddings."""
        if not len(crops):
            return torch.zeros((0, FEATURES))
        with torch.inference_mode():
            features = self.head(self.tower(self._prepared(crops)).float())
            return functional.normalize(features, dim=-1)

    def similarity(self, hint: Tensor, crops: Tensor) -> Floats:
        """The cosine of every view and crop: (V, N) in -1..1."""
        if not len(crops):
            return np.zeros((len(hint), 0), np.float32)
        return np.asarray((hint @ crops.T).cpu().numpy(), np.float32)

    def _prepared(self, crops: Picture) -> Tensor:
        """The crops as this tower was trained to see them: size, mean and deviation."""
        batch = as_batch(crops, self._device) / 255.0
        sized = functional.interpolate(
            batch, size=self._side(), mode="bicubic", align_corners=False, antialias=True
        )
        mean = torch.tensor(self._preprocess["mean"], device=self._device).view(1, 3, 1, 1)
        deviation = torch.tensor(self._preprocess["std"], device=self._device).view(1, 3, 1, 1)
        return (sized.clamp(0, 1) - mean) / deviation

    def _side(self) -> tuple[int, int]:
        size = self._preprocess["size"]
        return (size, size) if isinstance(size, int) else (size[0], size[1])


def _load_tower(which: ClipConfig, folder: Path) -> tuple[nn.Module, dict[str, Any]]:
    import open_clip

    name, weights = which.architecture, which.pretrained
    if which.checkpoint is not None:
        path = folder / which.checkpoint
        if not path.exists():
            raise ModelError(f"There is no checkpoint {path}. Put the weights there.")
        name, weights = (f"local-dir:{path}", None) if path.is_dir() else (name, str(path))
    try:
        with _root_logger_kept():
            model: Any = open_clip.create_model(name, pretrained=weights, weights_only=True)
    except Exception as error:
        source = which.checkpoint or weights
        message = (
            f"open_clip cannot build {which.architecture} from {source}: {error} Check the "
            "architecture's name; without a network give a local checkpoint instead of a tag."
        )
        raise ModelError(message) from error
    return model.visual, open_clip.get_model_preprocess_cfg(model)


@contextmanager
def _root_logger_kept() -> Iterator[None]:
    """open_clip logs on the root logger, which without handlers would be set up for good."""
    root, deaf = logging.getLogger(), logging.NullHandler()
    root.addHandler(deaf)
    try:
        yield
    finally:
        root.removeHandler(deaf)
