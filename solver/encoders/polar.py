"""The solver's own encoder: small, and blind to rotation by construction."""

from __future__ import annotations

import numpy as np

from solver.arrays import Floats
from solver.picture import Picture
from solver.runtime import Net


class PolarEncoder:
    """Compares crops under the best of all rotations, by a `PolarNet`."""

    kind = "polar"

    def __init__(self, net: Net) -> None:
        self._net = net

    def embed_hint(self, hint: Picture) -> Floats:
        """Embed views of the hint's icon: (V, S, S, 3) uint8 to (V, F, A) unit embeddings."""
        return self.embed(hint)

    def embed(self, crops: Picture) -> Floats:
        """Embed planets: (N, S, S, 3) uint8 to (N, F, A) unit embeddings."""
        [embeddings] = self._net(crops)
        return embeddings

    def similarity(self, hint: Floats, crops: Floats) -> Floats:
        """The best cosine over rotations, for every view and crop: (V, N) in -1..1.

        The cosines under all rotations are a circular correlation along the angle, which is a
        product of Fourier transforms.
        """
        if not len(crops):
            return np.zeros((len(hint), 0), np.float32)
        views, planets = (np.fft.rfft(each, axis=2).transpose(2, 0, 1) for each in (hint, crops))
        product = views.conj() @ planets.transpose(0, 2, 1)
        cosines = np.fft.irfft(product, n=hint.shape[2], axis=0)
        return np.asarray(cosines.max(axis=0), np.float32)
