"""The digit reader fine-tuned on the digits that labels show."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from solver.arrays import Floats
from solver.digit import crops, grey_picture
from solver.finetune.hints import Hints
from solver.finetune.loop import Lesson
from solver.finetune.plan import Plan
from solver.finetune.split import Sides
from solver.nets.digit import DigitNet
from solver.nets.run import as_batch
from solver.nets.shapes import DIGIT_SIDE
from solver.picture import Picture
from solver.solution import Box
from solver.train.degrade import Rng, degrade
from solver.train.digit_crops import jittered_crops

#: Version of this stage's code: a change makes it run again.
VERSION = 1

#: Hints in a step, and crops taken of each.
HINTS, CROPS = 12, 4

#: Epochs, and the most steps that an epoch has: the time is bounded however many hints there are.
EPOCHS, MOST = 12, 40

#: The peak learning rate, and the weights' decay.
RATE, DECAY = 3e-4, 0.02


def reader_lesson(hints: Hints, sides: Sides, net: DigitNet, plan: Plan) -> Lesson:
    """The digits of labelled hints, for a net that is trained in place.

    Every step cuts its crops anew, with the errors that the hint finder makes, damaged and bent.
    `hints` are those of all puzzles; some of both sides have a digit and its box.
    """
    train, held_back = hints.marked(sides.train), hints.marked(sides.held_back)

    def step(number: int) -> Tensor:
        rng = np.random.default_rng([plan.seed, number])
        seen, digits = _batch(hints, train, rng)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(1 << 62)))  # what the net drops out
            logits = net(as_batch(seen, torch.device("cpu")))
        return functional.cross_entropy(logits, torch.from_numpy(digits), label_smoothing=0.02)

    return Lesson(
        net=net,
        epochs=plan.shortened(EPOCHS),
        steps=min(MOST, math.ceil(len(train) / HINTS)),
        step=step,
        validate=lambda: likelihood(hints, held_back, net),
        rate=RATE,
        decay=DECAY,
    )


def likelihood(hints: Hints, puzzles: Sequence[int], net: DigitNet) -> float:
    """The mean log probability of the right digits, read as the solver reads them.

    Each is read at all its boxes: the label's, and the one that the parent found.
    """
    values = [
        float(functional.log_softmax(_read(net, hints.pictures[k], box), 0)[hints.digits[k] - 1])
        for k in puzzles
        for box in hints.boxes(k)
    ]
    return float(np.mean(values))


def _read(net: DigitNet, picture: Picture, box: Box) -> Tensor:
    with torch.inference_mode():
        logits: Tensor = net(as_batch(crops(grey_picture(picture), box), torch.device("cpu")))
        return logits.mean(dim=0)


def _batch(hints: Hints, puzzles: Sequence[int], rng: Rng) -> tuple[Picture, NDArray[np.int64]]:
    seen, digits = list[Picture](), list[int]()
    for place in rng.integers(len(puzzles), size=HINTS):
        puzzle = puzzles[int(place)]
        boxes = hints.boxes(puzzle)
        picture = degrade(np.asarray(hints.pictures[puzzle]), rng)
        box = boxes[int(rng.integers(len(boxes)))]
        seen += [_bent(crop, rng) for crop in jittered_crops(picture, box, rng, CROPS)]
        digits += [int(hints.digits[puzzle]) - 1] * CROPS
    return np.stack(seen), np.array(digits, np.int64)


def _bent(crop: Picture, rng: Rng) -> Picture:
    """A crop (S, S, 1) turned, sheared and stretched a little, its strokes thicker or thinner."""
    if rng.random() < 0.3:
        change = cv2.dilate if rng.random() < 0.5 else cv2.erode
        crop = np.asarray(change(crop, np.ones((2, 2), np.uint8)), np.uint8)
    size = (DIGIT_SIDE, DIGIT_SIDE)
    bent = cv2.warpAffine(crop, _warp(rng), size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.uint8).reshape(*size, 1)


def _warp(rng: Rng) -> Floats:
    """A random affine map (2, 3) that keeps a crop's middle where it is."""
    angle, shear = rng.normal(0, 0.09), rng.normal(0, 0.1)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    stretch = np.diag(np.exp(rng.normal(0, 0.08, 2)))
    linear = turn @ stretch @ np.array([[1.0, shear], [0.0, 1.0]])
    middle = np.full(2, (DIGIT_SIDE - 1) / 2)
    return np.column_stack([linear, middle - linear @ middle]).astype(np.float32)
