"""The linear head on a frozen CLIP tower: the published recipe, on features that are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from solver.arrays import Floats
from solver.encoders.clip import FEATURES
from solver.finetune.loop import Lesson
from solver.finetune.pairs import Pairs
from solver.finetune.plan import Plan
from solver.finetune.split import Sides
from solver.finetune.validation import planets_of, validation_auc, views_of
from solver.train.matching import Scale, tile_loss

#: Version of this stage's code: a change makes it run again.
VERSION = 2

#: Puzzles in a step, the peak learning rate, and the weights' decay.
BATCH, RATE, DECAY = 16, 2e-3, 0.01

#: Crops from which a head's first weights are computed, at most.
SAMPLED = 20_000


def head_lesson(
    pairs: Pairs, features: Floats, sides: Sides, start: Tensor | None, plan: Plan
) -> Lesson:
    """Which planet shows the hint's icon, for one linear layer.

    Args:
        pairs: the crops' puzzles.
        features: (N, width) of the frozen tower.
        sides: which puzzles are trained on and validated on.
        start: weights (64, width) to go on from; None starts as `first_weights`.
        plan: epochs and seed.
    """
    if start is None:
        start = first_weights(_sample(pairs, features, sides))
    head = new_head(start)

    def embedded(rows: NDArray[np.intp]) -> Tensor:
        return functional.normalize(head(torch.from_numpy(features[rows])), dim=-1)

    def compare(views: NDArray[np.intp], planets: NDArray[np.intp]) -> Floats:
        with torch.inference_mode():
            return np.asarray((embedded(views) @ embedded(planets).T).numpy())

    scale = Scale()
    return Lesson(
        net=head,
        also=scale,
        epochs=plan.length,
        steps=math.ceil(len(sides.train) / BATCH),
        step=lambda number: _loss(pairs, embedded, scale, _chosen(sides.train, plan.seed, number)),
        validate=lambda: validation_auc(pairs, sides.held_back, compare),
        rate=RATE,
        decay=DECAY,
    )


def first_weights(features: Floats) -> Tensor:
    """Weights (64, width) to start from, for features (N, width) of a frozen tower.

    A tower sees much that all crops share. The part along the mean is left out, the strongest
    directions of the rest are made equally strong (whitening), so that cosines tell crops apart
    from the first step on.
    """
    values = np.asarray(features, np.float64)
    mean = values.mean(axis=0)
    mean /= np.linalg.norm(mean) + 1e-12
    rest = values - np.outer(values @ mean, mean)
    strengths, directions = np.linalg.eigh(rest.T @ rest / len(rest))
    strongest = np.argsort(-strengths)[:FEATURES]
    scales = 1 / np.sqrt(strengths[strongest] + 0.01 * strengths.max() + 1e-12)
    weights = np.zeros((FEATURES, features.shape[1]))
    weights[: len(strongest)] = scales[:, None] * directions[:, strongest].T
    return torch.from_numpy(weights).float()


def new_head(weights: Tensor) -> nn.Linear:
    """A head with the given weights, (64, width)."""
    head = nn.Linear(weights.shape[1], FEATURES, bias=False)
    with torch.no_grad():
        head.weight.copy_(weights)
    return head


def _sample(pairs: Pairs, features: Floats, sides: Sides) -> Floats:
    """Features of planets that are trained on, spread over all puzzles, SAMPLED at most."""
    rows = np.concatenate([planets_of(pairs, puzzle) for puzzle in sides.train])
    return np.asarray(features[rows[:: max(1, math.ceil(len(rows) / SAMPLED))]])


def _chosen(
    puzzles: Sequence[int], seed: int, number: int
) -> list[tuple[int, np.random.Generator]]:
    """The puzzles of a step, each with its own source of chance; an epoch visits all of them."""
    steps = math.ceil(len(puzzles) / BATCH)
    epoch, place = divmod(number, steps)
    order = np.random.default_rng([seed, epoch]).permutation(len(puzzles))
    some = order[place * BATCH : (place + 1) * BATCH]
    return [(puzzles[k], np.random.default_rng([seed, number, int(k)])) for k in some]


def _loss(
    pairs: Pairs,
    embedded: Callable[[NDArray[np.intp]], Tensor],
    scale: Scale,
    chosen: Sequence[tuple[int, np.random.Generator]],
) -> Tensor:
    losses = []
    for puzzle, rng in chosen:
        planets = planets_of(pairs, puzzle)
        views = views_of(pairs, puzzle)
        near = views[len(views) // 4 : -(len(views) // 4) or None]
        view = rng.choice(near)
        similarity = (embedded(np.array([view])) @ embedded(planets).T)[0]
        for tile in np.unique(pairs.role[planets]):
            of_tile = pairs.role[planets] == tile
            asked = torch.from_numpy(pairs.asked[planets][of_tile])
            losses.append(tile_loss(scale(similarity[torch.from_numpy(of_tile)]), asked))
    return torch.stack(losses).mean()
