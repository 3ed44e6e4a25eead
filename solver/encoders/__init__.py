"""Encoders that tell whether two crops show the same icon."""

from __future__ import annotations

from typing import Any, Protocol

from solver.arrays import Floats
from solver.picture import Picture


class Encoder(Protocol):
    """Embeds crops of icons; `hint` holds crops of the hint's icon, `crops` those of planets.

    What an embedding is, is the encoder's own affair.
    """

    def embed_hint(self, hint: Picture) -> Any:
        """Embeddings of views of the hint's icon, (V, S, S, 3) uint8, one along the first axis."""

    def embed(self, crops: Picture) -> Any:
        """Embeddings of the crops, (N, S, S, 3) uint8, one along the first axis each."""

    def similarity(self, hint: Any, crops: Any) -> Floats:
        """How alike each view of the hint's icon and each crop are: (V, N) in -1..1."""
