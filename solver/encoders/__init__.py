"""Encoders that tell whether two crops show the same icon."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from solver.nets.run import Floats
from solver.picture import Picture


class Encoder(Protocol):
    """Embeds crops of icons; `hint` holds crops of the hint's icon, `crops` those of planets."""

    def embed_hint(self, hint: Picture) -> Tensor:
        """Embeddings of views of the hint's icon, (V, S, S, 3) uint8, one along the first axis."""

    def embed(self, crops: Picture) -> Tensor:
        """Embeddings of the crops, (N, S, S, 3) uint8, one along the first axis each."""

    def similarity(self, hint: Tensor, crops: Tensor) -> Floats:
        """How alike each view of the hint's icon and each crop are: (V, N) in -1..1."""
