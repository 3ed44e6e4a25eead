"""Training the digit classifier on digits cut from random hints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from solver.generate.icons import Icon
from solver.nets.digit import DigitNet
from solver.nets.run import as_batch
from solver.picture import Picture
from solver.train.degrade import Rng
from solver.train.digit_crops import jittered_crops
from solver.train.hint_scenes import HintScene, hint_scene
from solver.train.loop import train

BATCH = 96

#: Crops taken from one hint, each with its own jitter.
CROPS = 4

#: Hints kept in memory to draw from; one is replaced at every step.
KEPT = 1500


def train_digit(
    net: DigitNet, pool: Sequence[Icon], extra: Sequence[HintScene], steps: int, rng: Rng
) -> float:
    """Teach the net to read crops with the errors that the hint finder makes.

    Args:
        net: what is trained, in place.
        pool: icons to draw hints with.
        extra: more hints, the generator's.
        steps: number of steps.
        rng: source of all chance.
    """
    scenes = [hint_scene(pool, rng) for _ in range(min(KEPT, 4 * steps))]

    def step(number: int) -> Tensor:
        scenes[number % len(scenes)] = hint_scene(pool, rng)
        crops, digits = _batch(scenes, extra, rng)
        logits = net(as_batch(crops, torch.device("cpu")))
        return functional.cross_entropy(logits, torch.from_numpy(digits), label_smoothing=0.02)

    return train(net, step, steps, 2e-3, "digit")


def _batch(
    scenes: Sequence[HintScene], extra: Sequence[HintScene], rng: Rng
) -> tuple[Picture, NDArray[np.int64]]:
    crops, digits = [], []
    for _ in range(BATCH // CROPS):
        source = extra if extra and rng.random() < 0.35 else scenes
        scene = source[int(rng.integers(len(source)))]
        crops.append(jittered_crops(scene.picture, scene.digit_box, rng, CROPS))
        digits += [scene.digit - 1] * CROPS
    return np.concatenate(crops), np.array(digits, np.int64)
