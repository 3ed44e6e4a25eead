"""CLIP as the encoder: any open_clip architecture with a linear head on its picture tower."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from solver.encoders import Choose
from solver.encoders.source import ClipConfig
from solver.encoders.tower import load_tower
from solver.nets.run import Floats, as_batch
from solver.picture import Picture

#: Length of an embedding after the head.
FEATURES = 64

#: Crops that go through the tower together: its memory is bounded by them.
BATCH = 32

__all__ = ["BATCH", "FEATURES", "ClipConfig", "ClipEncoder"]


class ClipEncoder:
    """Compares crops by the cosine of their projected CLIP embeddings."""

    kind = "clip"

    def __init__(self, which: ClipConfig, device: torch.device, folder: Path = Path()) -> None:
        self._device = device
        self.source = load_tower(which, folder)
        self.tower = self.source.net.requires_grad_(requires_grad=False).to(device)
        self.head = nn.Linear(self.source.width, FEATURES, bias=False).to(device).eval()

    def embed(self, crops: Picture) -> Tensor:
        """Embed crops: (N, S, S, 3) uint8 to (N, 64) unit embeddings."""
        return self.project(self.features(crops))

    def features(self, crops: Picture) -> Tensor:
        """What the tower alone sees: (N, S, S, 3) uint8 to (N, width) float32."""
        parts = [self._through_tower(crops[k : k + BATCH]) for k in range(0, len(crops), BATCH)]
        return torch.cat(parts) if parts else torch.zeros((0, self.source.width))

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

    def _through_tower(self, crops: Picture) -> Tensor:
        with torch.inference_mode():
            seen = self.tower(self._prepared(crops))
        pooled: Tensor = seen[0] if isinstance(seen, tuple) else seen
        return pooled.float()

    def _prepared(self, crops: Picture) -> Tensor:
        """The crops as this tower was trained to see them: size, mean and deviation."""
        how = self.source.preprocess
        batch = as_batch(crops, self._device)
        mode = "bilinear" if how["interpolation"] == "bilinear" else "bicubic"
        sized = functional.interpolate(
            batch, size=self._side(), mode=mode, align_corners=False, antialias=True
        )
        mean = torch.tensor(how["mean"], device=self._device).view(1, 3, 1, 1)
        deviation = torch.tensor(how["std"], device=self._device).view(1, 3, 1, 1)
        # Whole numbers, as a picture that was resized and saved would hold.
        return (sized.round().clamp(0, 255) / 255.0 - mean) / deviation

    def _side(self) -> tuple[int, int]:
        size = self.source.preprocess["size"]
        return (size, size) if isinstance(size, int) else (size[0], size[1])
