"""The encoder's loss on generated puzzles: the hint's icon against the planets of a tile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from solver.crops import MARGIN, cut
from solver.nets.polar import PolarNet, best_shift_similarity
from solver.nets.run import Floats, as_batch
from solver.picture import Picture
from solver.solution import Box
from solver.train.degrade import Rng, degrade
from solver.train.loop import half_precision

#: Puzzles in a step, and tiles taken of each.
PUZZLES, TILES_OF_EACH = 4, 2

#: Share of the pictures damaged beyond what the generator did.
DAMAGED = 0.3


class HintPart(Protocol):
    """What the loss looks at of a hint."""

    @property
    def picture(self) -> Picture:
        """The hint, (H, W, 3) uint8."""

    @property
    def icon_box(self) -> Box:
        """Where its icon is, in pixels."""

    @property
    def icon_size(self) -> float:
        """The side of the square that holds the icon at any angle."""


class TilePart(Protocol):
    """What the loss looks at of a tile."""

    @property
    def picture(self) -> Picture:
        """The tile, (H, W, 3) uint8."""

    @property
    def points(self) -> Floats:
        """The middles of its planets, (N, 2) as (x, y) in pixels."""

    @property
    def sizes(self) -> Floats:
        """The sides of the squares that hold their icons, (N,)."""


class Puzzle(Protocol):
    """A puzzle to learn from, generated or labelled; a tile without planets is passed over."""

    @property
    def hint(self) -> HintPart:
        """The hint."""

    @property
    def tiles(self) -> Sequence[TilePart]:
        """The five tiles."""

    @property
    def asked(self) -> Sequence[NDArray[np.bool_]]:
        """Which planets of each tile have the asked icon."""


class Scale(nn.Module):
    """A learnt factor from similarities to logits."""

    def __init__(self, factor: float = 14.0) -> None:
        super().__init__()
        self.log_factor = nn.Parameter(torch.tensor(factor).log())
        self.threshold = nn.Parameter(torch.tensor(0.6))

    def forward(self, similarities: Tensor) -> Tensor:
        """Similarities to logits."""
        return similarities * self.log_factor.exp().clamp(max=60.0)


def embed(net: PolarNet, crops: NDArray[np.uint8]) -> Tensor:
    """Embeddings (N, F, A) of uint8 crops (N, S, S, 3), with gradients."""
    with half_precision():
        embeddings: Tensor = net(as_batch(crops, torch.device("cpu")))
    return embeddings.float()


def puzzles_loss(net: PolarNet, scale: Scale, puzzles: Sequence[Puzzle], rng: Rng) -> Tensor:
    """Which planet of a tile has the asked icon (softmax), and does a planet have it (sigmoid)."""
    chosen = [puzzles[int(k)] for k in rng.integers(len(puzzles), size=PUZZLES)]
    cuts = [_cut_puzzle(puzzle, rng) for puzzle in chosen]
    crops = [hint for hint, _, _ in cuts] + [crop for _, tiles, _ in cuts for crop in tiles]
    embeddings = embed(net, np.concatenate(crops))
    hints, planets = embeddings[:PUZZLES], embeddings[PUZZLES:]
    similarity = best_shift_similarity(hints, planets)
    losses, start = [], 0
    for row, (_, tiles, asked) in enumerate(cuts):
        for tile, truth in zip(tiles, asked, strict=True):
            part = similarity[row, start : start + len(tile)]
            losses.append(tile_loss(scale, part, torch.from_numpy(truth)))
            start += len(tile)
    return torch.stack(losses).mean()


def tile_loss(scale: Scale, similarity: Tensor, asked: Tensor) -> Tensor:
    """The loss of one tile from its planets' similarities (N,) to the hint and their truth (N,)."""
    present = functional.binary_cross_entropy_with_logits(
        scale(similarity - scale.threshold), asked.float()
    )
    if not asked.any():
        return present
    logits = scale(similarity)
    chosen = torch.logsumexp(logits[asked], 0) - torch.logsumexp(logits, 0)
    return present - chosen


def _cut_puzzle(puzzle: Puzzle, rng: Rng) -> tuple[Picture, list[Picture], list[NDArray[np.bool_]]]:
    """The hint's crop (1, S, S, 3), crops of some tiles' planets, and which are asked for."""
    hint = puzzle.hint
    middle = np.asarray([hint.icon_box.centre])
    cut_hint = _jittered(hint.picture, middle, np.array([hint.icon_size]), rng)
    numbers = [int(k) for k in rng.permutation(5) if len(puzzle.asked[k])][:TILES_OF_EACH]
    scenes = [puzzle.tiles[k] for k in numbers]
    tiles = [_jittered(scene.picture, scene.points, scene.sizes, rng) for scene in scenes]
    return cut_hint, tiles, [puzzle.asked[k] for k in numbers]


def _jittered(picture: Picture, points: Floats, sizes: Floats, rng: Rng) -> Picture:
    """Crops with the errors that the finders make."""
    if rng.random() < DAMAGED:
        picture = degrade(picture, rng)
    centres = points + rng.normal(0, 0.04, points.shape) * sizes[:, None]
    sides = MARGIN * sizes * np.exp(rng.normal(0, 0.07, sizes.shape))
    return cut(picture, centres, sides)
