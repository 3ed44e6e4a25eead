"""Training the digit classifier on digits cut from random hints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from solver.crops import cut
from solver.digit import MARGIN, grey_picture
from solver.generate.icons import Icon
from solver.nets.digit import DigitNet
from solver.nets.run import as_batch
from solver.nets.shapes import DIGIT_SIDE
from solver.picture import Picture
from solver.solution import Box
from solver.train.degrade import Rng
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


def jittered_crops(picture: Picture, box: Box, rng: Rng, count: int) -> Picture:
    """Grey crops (count, 40, 40, 1) around a digit, placed and scaled a little wrong."""
    grey = grey_picture(picture)
    longest = max(box.width, box.height)
    centres = np.asarray(box.centre, np.float32) + rng.normal(0, 0.07, (count, 2)) * longest
    sides = MARGIN * longest * np.exp(rng.normal(0, 0.13, count))
    return cut(grey, centres.astype(np.float32), sides.astype(np.float32), DIGIT_SIDE)
