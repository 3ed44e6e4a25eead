"""The encoder's loss on generated puzzles: the hint's icon against the planets of a tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from solver.crops import MARGIN, cut
from solver.nets.polar import PairNet, PolarNet, best_shifts, rolled
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
        return (similarities - self.threshold) * self.log_factor.exp().clamp(max=60.0)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the net says of crops: unit rings (N, F, A) and details (N, D, R, A)."""

    rings: Tensor
    details: Tensor

    def __getitem__(self, part: slice | Tensor) -> Seen:
        """The same of some crops."""
        return Seen(self.rings[part], self.details[part])


class Matcher(nn.Module):
    """The nets that match, with the scale of the rings' similarity, as they are trained."""

    def __init__(self, net: PolarNet, pair: PairNet) -> None:
        super().__init__()
        self.net, self.pair, self.scale = net, pair, Scale()

    def see(self, crops: NDArray[np.uint8]) -> Seen:
        """Rings and details of uint8 crops (N, S, S, 3), with gradients."""
        with half_precision():
            rings, details = self.net(as_batch(crops, torch.device("cpu")))
        return Seen(rings.float(), details.float())

    def judge(self, hints: Tensor, crops: Tensor, shifts: Tensor) -> Tensor:
        """Logits (P,) of pairs of details (P, D, R, A), the hints' rolled by shifts (P,)."""
        with half_precision():
            logits: Tensor = self.pair(rolled(hints, shifts), crops)
        return logits.float()


def puzzles_loss(matcher: Matcher, puzzles: Sequence[Puzzle], rng: Rng) -> Tensor:
    """The loss of some puzzles drawn at random; see `batch_loss`."""
    chosen = [puzzles[int(k)] for k in rng.integers(len(puzzles), size=PUZZLES)]
    return batch_loss(matcher, chosen, rng)


def batch_loss(
    matcher: Matcher,
    puzzles: Sequence[Puzzle],
    rng: Rng,
    apart: NDArray[np.bool_] | None = None,
) -> Tensor:
    """Which planet of a tile has the asked icon (softmax), and does a planet have it (sigmoid).

    Args:
        matcher: what is trained.
        puzzles: (P) of one step, of each some tiles are looked at.
        rng: source of all chance.
        apart: (P, P), which of them ask for different icons; the planets asked for in one are
            negatives of the other, beside those of its own tiles.
    """
    cuts = [_cut_puzzle(puzzle, rng) for puzzle in puzzles]
    crops = [hint for hint, _, _ in cuts] + [crop for _, tiles, _ in cuts for crop in tiles]
    seen = matcher.see(np.concatenate(crops))
    hints, planets = seen[: len(puzzles)], seen[len(puzzles) :]
    pairs = Compared.of([asked for _, _, asked in cuts], apart)
    hint, planet = torch.from_numpy(pairs.hint), torch.from_numpy(pairs.planet)
    similarity, shifts = best_shifts(hints.rings, planets.rings)
    likeness = matcher.judge(hints.details[hint], planets.details[planet], shifts[hint, planet])
    similar = matcher.scale(similarity[hint, planet])
    losses = []
    for part in pairs.tiles:
        truth = torch.from_numpy(pairs.asked[part])
        losses += [tile_loss(similar[part], truth), tile_loss(likeness[part], truth)]
    return 2 * torch.stack(losses).mean()


@dataclass(frozen=True, slots=True)
class Compared:
    """Hints and planets that are compared, (N,) each, whether the planet has the icon; `tiles`
    holds for each tile the positions of the pairs among which its planet is to be told.
    """

    hint: NDArray[np.intp]
    planet: NDArray[np.intp]
    asked: NDArray[np.bool_]
    tiles: list[NDArray[np.intp]]

    @classmethod
    def of(
        cls, asked: Sequence[Sequence[NDArray[np.bool_]]], apart: NDArray[np.bool_] | None
    ) -> Compared:
        """The pairs of puzzles whose tiles' planets are asked for or not."""
        sizes = [len(tile) for tiles in asked for tile in tiles]
        owners = np.repeat(np.arange(len(asked)), [len(tiles) for tiles in asked])
        owner, tile = np.repeat(owners, sizes), np.repeat(np.arange(len(sizes)), sizes)
        truth = np.concatenate([part for tiles in asked for part in tiles])
        others = np.zeros((len(asked), len(truth)), np.bool_)
        if apart is not None:
            others = apart[:, owner] & truth
        strange, stranger = np.nonzero(others)
        hint = np.concatenate([owner, strange])
        planet = np.concatenate([np.arange(len(truth)), stranger])
        own = np.arange(len(hint)) < len(truth)
        parts = [
            np.flatnonzero(np.where(own, tile[planet] == number, hint == of))
            for number, of in enumerate(owners)
        ]
        return cls(hint, planet, own & truth[planet], parts)


def tile_loss(logits: Tensor, asked: Tensor) -> Tensor:
    """The loss of one tile from its planets' logits (N,) and which of them are asked for (N,)."""
    present = functional.binary_cross_entropy_with_logits(logits, asked.float())
    if not asked.any():
        return present
    chosen = torch.logsumexp(logits[asked], 0) - torch.logsumexp(logits, 0)
    return present - chosen


def _cut_puzzle(puzzle: Puzzle, rng: Rng) -> tuple[Picture, list[Picture], list[NDArray[np.bool_]]]:
    """The hint's crop (1, S, S, 3), crops of some tiles' planets, and which are asked for."""
    hint = puzzle.hint
    middle = np.asarray([hint.icon_box.centre])
    cut_hint = _jittered(hint.picture, middle, np.array([hint.icon_size]), rng)
    numbers = [int(k) for k in rng.permutation(len(puzzle.tiles)) if len(puzzle.asked[k])][
        :TILES_OF_EACH
    ]
    scenes = [puzzle.tiles[k] for k in numbers]
    tiles = [_jittered(scene.picture, scene.points, scene.sizes, rng) for scene in scenes]
    return cut_hint, tiles, [puzzle.asked[k] for k in numbers]


def _jittered(picture: Picture, points: Floats, sizes: Floats, rng: Rng) -> Picture:
    """Crops with the errors that the finders make."""
    if rng.random() < DAMAGED:
        picture = degrade(picture, rng)
    centres = points + rng.normal(0, 0.05, points.shape) * sizes[:, None]
    sides = MARGIN * sizes * np.exp(rng.normal(0, 0.11, sizes.shape))
    return cut(picture, centres, sides)
