"""CLIP as the encoder: any open_clip architecture with a linear head on its picture tower."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from solver.encoders import Choose
from solver.encoders.source import ClipConfig
from solver.encoders.tower import Tower, load_tower
from solver.nets.accelerated import accelerated
from solver.nets.run import Floats, TorchNet
from solver.nets.shapes import CROP
from solver.picture import Picture
from solver.runtime import Net

#: Length of an embedding after the head.
FEATURES = 64

#: Crops that go through the tower together: its memory is bounded by them. On a GPU those of
#: several pictures do.
BATCH, BATCH_ON_GPU = 32, 128

__all__ = ["BATCH", "FEATURES", "ClipConfig", "ClipEncoder", "Sight"]


class Sight(nn.Module):
    """A tower that is given crops of any size, and makes them what it was trained to see."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, tower: Tower) -> None:
        super().__init__()
        self.tower, how = tower.net, tower.preprocess
        size = how["size"]
        self._side = (size, size) if isinstance(size, int) else (size[0], size[1])
        self._mode = "bilinear" if how["interpolation"] == "bilinear" else "bicubic"
        for name, values in (("mean", how["mean"]), ("deviation", how["std"])):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)

    def forward(self, crops: Tensor) -> Tensor:
        """Map (N, 3, S, S) float32 in 0..255 to features (N, width)."""
        seen = self.tower(self.prepared(crops))
        pooled: Tensor = seen[0] if isinstance(seen, tuple) else seen
        return pooled

    def prepared(self, crops: Tensor) -> Tensor:
        """Crops of the tower's size, mean and deviation."""
        sized = functional.interpolate(
            crops, size=self._side, mode=self._mode, align_corners=False, antialias=True
        )
        # Whole numbers, as a picture that was resized and saved would hold.
        return (sized.round().clamp(0, 255) / 255.0 - self.mean) / self.deviation


class ClipEncoder:
    """Compares crops by the cosine of their projected CLIP embeddings."""

    kind = "clip"

    def __init__(self, which: ClipConfig, device: torch.device, folder: Path = Path()) -> None:
        self._device = device
        self.source = load_tower(which, folder)
        self.head = nn.Linear(self.source.width, FEATURES, bias=False).to(device).eval()
        self._see = _ready(Sight(self.source), device)

    def embed(self, crops: Picture) -> Tensor:
        """Embed crops: (N, S, S, 3) uint8 to (N, 64) unit embeddings."""
        return self.project(self.features(crops))

    def features(self, crops: Picture) -> Tensor:
        """What the tower alone sees: (N, S, S, 3) uint8 to (N, width) float32."""
        parts = [self._see(crops[k : k + BATCH])[0] for k in range(0, len(crops), BATCH)]
        return torch.from_numpy(
            np.concatenate([np.zeros((0, self.source.width), np.float32), *parts])
        )

    def project(self, features: Tensor) -> Tensor:
        """The head alone: (N, width) features to (N, 64) unit embeddings."""
        with torch.inference_mode():
            return functional.normalize(self.head(features.to(self._device)), dim=-1)

    def likeness(self, views: Picture, planets: Picture, choose: Choose) -> Floats:
        """How much each planet looks like the icon: (N,) in -1..1; see `Encoder`."""
        if not len(planets):
            return np.zeros(0, np.float32)
        cosines = (self.embed(views) @ self.embed(planets).T).cpu().numpy()
        return np.asarray(cosines[choose(cosines)].mean(axis=0), np.float32)


def _ready(sight: Sight, device: torch.device) -> Net:
    if device.type == "cpu":
        return TorchNet(sight, device)
    return accelerated(sight, device, BATCH_ON_GPU, np.zeros((1, CROP, CROP, 3), np.uint8))
