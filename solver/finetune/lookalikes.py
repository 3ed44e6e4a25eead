"""Hard negatives from the puzzles themselves: others whose icons the encoder finds alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from solver.arrays import Floats
from solver.finetune.pairs import Pairs
from solver.finetune.split import SAME
from solver.finetune.validation import views_of
from solver.nets.polar import best_shifts
from solver.train.degrade import Rng
from solver.train.matching import PUZZLES, Matcher

#: How many look-alikes of a puzzle are kept, and the share of steps that are made of some.
KEPT, HARD = 8, 0.5

#: Icons more alike than this may be one drawing after all.
TOO_ALIKE = 0.985

#: Hints that are compared with all others at a time, which bounds the memory.
BLOCK = 64


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Chooses the puzzles of a step, now and then such as are hard to tell from each other.

    `near` (N, K) are positions of each puzzle's look-alikes, `icons` (N, D) fingerprints.
    """

    near: NDArray[np.intp]
    icons: Floats

    def choose(self, rng: Rng) -> NDArray[np.intp]:
        """Positions of `PUZZLES` puzzles."""
        if not self.near.shape[1] or rng.random() >= HARD:
            return np.asarray(rng.integers(len(self.near), size=PUZZLES), np.intp)
        first = int(rng.integers(len(self.near)))
        return np.asarray([first, *rng.choice(self.near[first], PUZZLES - 1)], np.intp)

    def apart(self, chosen: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which of some puzzles show different drawings, (P, P)."""
        icons = self.icons[chosen]
        return np.asarray(icons @ icons.T <= SAME)


def mine(pairs: Pairs, puzzles: Sequence[int], matcher: Matcher) -> Lookalikes:
    """Find the look-alikes among some puzzles by the rings of their hints' icons."""
    rows = [views[len(views) // 2] for views in (views_of(pairs, k) for k in puzzles)]
    icons = pairs.icons[list(puzzles)]
    matcher.eval()
    with torch.inference_mode():
        starts = range(0, len(rows), BLOCK)
        rings = torch.cat([matcher.see(pairs.crops[rows[k : k + BLOCK]]).rings for k in starts])
        near = [_nearest(rings, icons, slice(k, k + BLOCK)) for k in starts]
    return Lookalikes(np.concatenate(near), icons)


def _nearest(rings: torch.Tensor, icons: Floats, part: slice) -> NDArray[np.intp]:
    """Positions (B, K) of the puzzles most like those of a block, other drawings all."""
    alike = best_shifts(rings[part], rings)[0].numpy()
    alike[(alike > TOO_ALIKE) | (icons[part] @ icons.T > SAME)] = -1
    return np.argsort(-alike, axis=1, kind="stable")[:, : min(KEPT, len(rings) - 1)]
