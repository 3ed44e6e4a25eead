"""Training the polar encoder on rendered icons and on the planets of generated puzzles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from solver.generate.icons import Icon, relatives, usable
from solver.nets.polar import PairNet, PolarNet, best_shifts
from solver.train.degrade import Rng
from solver.train.icon_views import hint_view, tile_view
from solver.train.loop import train
from solver.train.matching import Matcher, Seen, puzzles_loss
from solver.train.scenes import PuzzleScene
from solver.train.wild.puzzle import wild_puzzle

#: Icons in a step, in groups of look-alikes.
BATCH, GROUP = 64, 4

#: Icons among which look-alikes are sought, and steps until they are sought again.
MINED, MINE_EVERY = 2500, 500

#: Puzzles of random style kept in memory to draw from; one is replaced at every step.
KEPT = 300

#: Most similar tile views that the pair net must tell from a hint's own.
RIVALS = 3

#: Two icons more alike than this are the same drawing, no negatives of each other.
SAME = 0.985


def train_encoder(
    net: PolarNet,
    pair: PairNet,
    pool: Sequence[Icon],
    puzzles: Sequence[PuzzleScene],
    steps: int,
    rng: Rng,
) -> float:
    """Teach the net which hint and which planet show the same icon.

    Every step has two parts. Rendered icons: a contrastive loss in both directions over a batch
    (van den Oord et al., 2018) of groups of look-alikes, by name at first, by the net's own
    judgement later. Generated puzzles: the hint against all planets of some tiles.

    Args:
        net: what is trained, in place.
        pair: what is trained with it, in place.
        pool: icons to render.
        puzzles: generated puzzles; may be empty.
        steps: number of steps.
        rng: source of all chance.
    """
    groups = Groups(pool, rng)
    matcher = Matcher(net, pair)

    def step(number: int) -> Tensor:
        if number and number % MINE_EVERY == 0:
            groups.mine(matcher)
        loss = _icons_loss(matcher, groups.batch(), rng)
        return loss + puzzles_loss(matcher, puzzles, rng) if puzzles else loss

    return train(matcher, step, steps, 2e-3, "encoder")


def widen_encoder(
    net: PolarNet,
    pair: PairNet,
    pool: Sequence[Icon],
    puzzles: Sequence[PuzzleScene],
    steps: int,
    rng: Rng,
) -> float:
    """Go on with trained nets on puzzles of random style too, so that no one style is learnt.

    Args:
        net: what is trained, in place.
        pair: what is trained with it, in place.
        pool: icons to render.
        puzzles: generated puzzles.
        steps: number of steps.
        rng: source of all chance.
    """
    groups = Groups(pool, rng)
    matcher = Matcher(net, pair)
    groups.mine(matcher)
    wild = [wild_puzzle(groups.group(), pool, rng) for _ in range(min(KEPT, 4 * steps))]

    def step(number: int) -> Tensor:
        wild[number % len(wild)] = wild_puzzle(groups.group(), pool, rng)
        loss = _icons_loss(matcher, groups.batch(), rng)
        return loss + puzzles_loss(matcher, puzzles, rng) + puzzles_loss(matcher, wild, rng)

    return train(matcher, step, steps, 7e-4, "wider encoder")


def _icons_loss(matcher: Matcher, icons: Sequence[Icon], rng: Rng) -> Tensor:
    hints = np.stack([hint_view(icon, rng) for icon in icons])
    tiles = np.stack([tile_view(icon, rng) for icon in icons])
    seen = matcher.see(np.concatenate((hints, tiles)))
    similarity, shifts = best_shifts(seen.rings[: len(icons)], seen.rings[len(icons) :])
    logits = matcher.scale(similarity).masked_fill(_same_drawing(icons), -1e4)
    target = torch.arange(len(icons))
    forth = functional.cross_entropy(logits, target)
    back = functional.cross_entropy(logits.T, target)
    return (forth + back) / 2 + _pairs_loss(matcher, seen, logits.detach(), shifts)


def _pairs_loss(matcher: Matcher, seen: Seen, logits: Tensor, shifts: Tensor) -> Tensor:
    """The pair net's loss: each hint's own tile view among those the rings found most alike."""
    count = len(logits)
    own = torch.eye(count, dtype=torch.bool)
    rivals = logits.masked_fill(own, -1e9).topk(RIVALS, dim=1).indices
    tiles = torch.cat((torch.arange(count)[:, None], rivals), dim=1)
    rows = torch.arange(count)[:, None].expand_as(tiles).flatten()
    columns = tiles.flatten()
    judged = matcher.judge(
        seen.details[rows], seen.details[count + columns], shifts[rows, columns]
    ).view(count, -1)
    valid = logits.gather(1, tiles) > -1e3
    truth = torch.zeros_like(judged)
    truth[:, 0] = 1.0
    chosen = functional.cross_entropy(
        judged.masked_fill(~valid, -1e4), torch.zeros(count, dtype=torch.long)
    )
    each = functional.binary_cross_entropy_with_logits(judged, truth, weight=valid.float())
    return chosen + each


class Groups:
    """Draws batches of icons that hold groups of look-alikes."""

    def __init__(self, pool: Sequence[Icon], rng: Rng) -> None:
        self._pool = pool
        self._rng = rng
        self._mined: list[list[Icon]] = []

    def batch(self) -> list[Icon]:
        """`BATCH` distinct icons."""
        icons: dict[str, Icon] = {}
        while len(icons) < BATCH:
            for icon in self.group():
                icons.setdefault(icon.id, icon)
        return list(icons.values())[:BATCH]

    def mine(self, matcher: Matcher) -> None:
        """Group a sample of the pool by what the net finds alike."""
        sample = [self._pick() for _ in range(MINED)]
        views = np.stack([hint_view(icon, self._rng) for icon in sample])
        matcher.eval()
        with torch.inference_mode():
            parts = [matcher.see(part).rings for part in np.array_split(views, 20)]
            rings = torch.cat(parts)
            near = torch.cat([best_shifts(part, rings)[0] for part in parts]).numpy()
        matcher.train()
        near[near > SAME] = -1
        order = np.argsort(-near, axis=1)[:, : GROUP - 1]
        self._mined = [
            [icon, *(sample[k] for k in row)] for icon, row in zip(sample, order, strict=True)
        ]

    def group(self) -> list[Icon]:
        """An icon, and mostly some that look like it."""
        kind = self._rng.random()
        if self._mined and kind < 0.6:
            return self._mined[int(self._rng.integers(len(self._mined)))]
        first = self._pick()
        if kind < 0.8:
            return [first]
        kin = [k for k in _kin(first) if usable(k)]
        return [kin[k] for k in self._rng.permutation(len(kin))[:GROUP]]

    def _pick(self) -> Icon:
        while True:
            icon = self._pool[int(self._rng.integers(len(self._pool)))]
            if usable(icon):
                return icon


def _kin(icon: Icon) -> Sequence[Icon]:
    word = icon.name.replace("_", "-").split("-")[0]
    return relatives(icon.family).get(word, (icon,))


def _same_drawing(icons: Sequence[Icon]) -> Tensor:
    """Pairs of a batch, the diagonal aside, that are the same icon in two styles: (N, N) bool."""
    names = np.array([icon.name.replace("_", "-") for icon in icons])
    same = names[:, None] == names[None, :]
    np.fill_diagonal(same, val=False)
    return torch.from_numpy(same)
