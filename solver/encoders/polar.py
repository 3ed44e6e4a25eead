"""The solver's own encoder: small, and blind to rotation by construction."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from solver.nets.polar import PolarNet, best_shift_similarity
from solver.nets.run import Floats, as_batch
from solver.picture import Picture


class PolarEncoder:
    """Compares crops under the best of all rotations, by `PolarNet`."""

    kind = "polar"

    def __init__(self, net: PolarNet, device: torch.device) -> None:
        self.net = net
        self._device = device

    def embed_hint(self, hint: Picture) -> Tensor:
        """Embed views of the hint's icon: (V, S, S, 3) uint8 to (V, F, A) unit embeddings."""
        return self.embed(hint)

    def embed(self, crops: Picture) -> Tensor:
        """Embed planets: (N, S, S, 3) uint8 to (N, F, A) unit embeddings."""
        if not len(crops):
            return torch.zeros((0, *self.net.shape))
        with torch.inference_mode():
            embeddings: Tensor = self.net(as_batch(crops, self._device))
        return embeddings.float()

    def similarity(self, hint: Tensor, crops: Tensor) -> Floats:
        """The best cosine over rotations, for every view and crop: (V, N) in -1..1."""
        if not len(crops):
            return np.zeros((len(hint), 0), np.float32)
        best = best_shift_similarity(hint, crops)
        return np.asarray(best.cpu().numpy(), np.float32)
