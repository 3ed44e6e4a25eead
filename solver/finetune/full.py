"""The polar encoder fine-tuned in all its weights, on labelled puzzles as they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from solver.arrays import Floats
from solver.dataset import Dataset
from solver.finetune.lookalikes import mine
from solver.finetune.loop import Lesson
from solver.finetune.pairs import VIEW, Pairs
from solver.finetune.plan import Plan
from solver.finetune.split import Sides
from solver.finetune.validation import Compare, validation_auc
from solver.layout import split
from solver.nets.polar import best_shifts
from solver.picture import Picture, decode, read
from solver.solution import TILES, Box
from solver.train.matching import PUZZLES, Matcher, Puzzle, Seen, batch_loss

#: Version of this stage's code: a change makes it run again.
VERSION = 3

#: The peak learning rate, a tenth of the one from nothing, and the weights' decay.
RATE, DECAY = 2e-4, 0.02

#: Crops that are embedded together for validation, and pictures that are kept decoded.
BATCH, DECODED = 128, 64


@dataclass(frozen=True, slots=True)
class LabelledHint:
    """A hint: its picture (200, 200, 3), and where its icon is in it."""

    picture: Picture
    icon_box: Box
    icon_size: float


@dataclass(frozen=True, slots=True)
class LabelledTile:
    """A tile: its picture (200, 200, 3), its planets' middles (N, 2) and sizes (N,)."""

    picture: Picture
    points: Floats
    sizes: Floats


@dataclass(frozen=True, slots=True)
class LabelledScene:
    """A puzzle to learn from; `asked` says which planets of each tile carry the icon."""

    hint: LabelledHint
    tiles: tuple[LabelledTile, ...]
    asked: tuple[NDArray[np.bool_], ...]


def full_lesson(
    dataset: Dataset, pairs: Pairs, sides: Sides, matcher: Matcher, plan: Plan
) -> Lesson:
    """The icons of labelled puzzles, for a matcher that is trained in place.

    The loss is the one that it was made with. The negatives are the other planets of the asked
    icon's own tiles, and the icons of other puzzles, in half of the steps such as the parent finds
    alike. Every step cuts its crops anew from the pictures, with the errors that finders make and
    with damage.

    Args:
        dataset: where the pictures are.
        pairs: where planets and icons are in them.
        sides: which puzzles are trained on and validated on.
        matcher: what is trained.
        plan: epochs and seed.
    """
    puzzles = _Scenes(dataset, pairs, sides.train)
    alike = mine(pairs, sides.train, matcher)

    def step(number: int) -> Tensor:
        rng = np.random.default_rng([plan.seed, number])
        chosen = alike.choose(rng)
        return batch_loss(matcher, [puzzles[k] for k in chosen], rng, alike.apart(chosen))

    return Lesson(
        net=matcher,
        also=matcher.scale,
        epochs=plan.length,
        steps=math.ceil(len(sides.train) / PUZZLES),
        step=step,
        validate=lambda: validation_auc(pairs, sides.held_back, _comparer(matcher, pairs)),
        rate=RATE,
        decay=DECAY,
    )


class _Scenes(Sequence[Puzzle]):
    """Labelled puzzles, each read from its picture when it is asked for."""

    def __init__(self, dataset: Dataset, pairs: Pairs, puzzles: Sequence[int]) -> None:
        if dataset.root is None:
            raise ValueError("the dataset has no folder with pictures")
        self._root, self._pairs, self._puzzles = dataset.root, pairs, puzzles
        self._scene = lru_cache(maxsize=DECODED)(self._read)

    def __len__(self) -> int:
        return len(self._puzzles)

    def __getitem__(self, index: int) -> LabelledScene:  # type: ignore[override]
        return self._scene(self._puzzles[index])

    def _read(self, puzzle: int) -> LabelledScene:
        layout = split(decode(read(self._root / self._pairs.images[puzzle])))
        rows = self._pairs.rows(puzzle)
        role, place = self._pairs.role[rows], self._pairs.place[rows]
        views = place[role == VIEW]
        x, y, size = views[len(views) // 2]
        tiles = [place[role == number] for number in range(1, TILES + 1)]
        return LabelledScene(
            hint=LabelledHint(layout.hint, Box(x, y, 0.0, 0.0), float(size)),
            tiles=tuple(
                LabelledTile(picture, at[:, :2], at[:, 2])
                for picture, at in zip(layout.tiles, tiles, strict=True)
            ),
            asked=tuple(self._pairs.asked[rows][role == n] for n in range(1, TILES + 1)),
        )


def _comparer(matcher: Matcher, pairs: Pairs) -> Compare:
    def seen(rows: NDArray[np.intp]) -> Seen:
        parts = [matcher.see(pairs.crops[rows[k : k + BATCH]]) for k in range(0, len(rows), BATCH)]
        return Seen(torch.cat([p.rings for p in parts]), torch.cat([p.details for p in parts]))

    def compare(views: NDArray[np.intp], planets: NDArray[np.intp]) -> Floats:
        with torch.inference_mode():
            hints, crops = seen(views), seen(planets)
            _, shifts = best_shifts(hints.rings, crops.rings)
            judged = [
                matcher.judge(hint.expand(len(planets), -1, -1, -1), crops.details, turns)
                for hint, turns in zip(hints.details, shifts, strict=True)
            ]
            return np.asarray(torch.stack(judged).numpy())

    return compare
