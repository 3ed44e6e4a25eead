"""The solver's own encoder: small, and blind to rotation by construction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.encoders import Choose
from solver.picture import Picture
from solver.runtime import Net

#: Logits of the pair net are divided by this before the hyperbolic tangent takes them to -1..1.
LOGITS = 10.0


class PolarEncoder:
    """Finds for each view and planet the best of all rotations, then compares their details.

    The rings of a `PolarNet` tell the rotation, and which views to trust; a `PairNet` judges the
    details, turned alike, where two icons differ.
    """

    kind = "polar"

    def __init__(self, net: Net, pair: Net) -> None:
        self._net, self._pair = net, pair

    def likeness(self, views: Picture, planets: Picture, choose: Choose) -> Floats:
        """How much each planet looks like the icon: (N,) in -1..1; see `Encoder`."""
        if not len(planets):
            return np.zeros(0, np.float32)
        rings, details = self._net(np.concatenate((views, planets)))
        hints = len(views)
        cosines = correlation(rings[:hints], rings[hints:])
        chosen = choose(cosines.max(axis=0))
        turned = _turned(details[chosen], cosines[:, chosen].argmax(axis=0))
        [logits] = self._pair(turned, np.tile(details[hints:], (len(chosen), 1, 1, 1)))
        logits = logits.reshape(len(chosen), -1)
        return np.asarray(np.tanh(np.mean(logits, axis=0) / LOGITS), np.float32)


def _turned(views: Floats, shifts: NDArray[np.signedinteger[Any]]) -> Floats:
    """Details of views (V, D, R, A), each rolled by each of its shifts (V, N): (V N, D, R, A)."""
    steps = np.arange(views.shape[3])
    places = (steps - shifts[:, :, None]) % len(steps)
    rolled = [view[:, :, at].transpose(2, 0, 1, 3) for view, at in zip(views, places, strict=True)]
    return np.concatenate(rolled)


def correlation(hints: Floats, crops: Floats) -> Floats:
    """The cosine of every view (V, F, A) rolled by every step and every crop (N, F, A): (A, V, N).

    A circular correlation along the angle, which is a product of Fourier transforms.
    """
    views, planets = (np.fft.rfft(each, axis=2).transpose(2, 0, 1) for each in (hints, crops))
    product = views.conj() @ planets.transpose(0, 2, 1)
    return np.asarray(np.fft.irfft(product, n=hints.shape[2], axis=0), np.float32)
