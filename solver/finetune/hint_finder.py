"""The hint finder fine-tuned on the digit boxes that labels show, and on icons that are sure."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from solver.arrays import Floats
from solver.finetune.hints import Hints
from solver.finetune.loop import Lesson
from solver.finetune.plan import Plan
from solver.finetune.split import Sides
from solver.nets.finder import Finder
from solver.nets.run import as_batch
from solver.picture import Picture
from solver.solution import TILE, Box
from solver.train.degrade import Rng, degrade
from solver.train.hint_maps import hint_loss, target_maps
from solver.train.loop import half_precision

#: Version of this stage's code: a change makes it run again.
VERSION = 1

#: Hints in a step, and hints that are looked at together for validation.
HINTS, BATCH = 8, 16

#: Epochs, and the most steps that an epoch has: the time is bounded however many hints there are.
EPOCHS, MOST = 20, 40

#: The peak learning rate, and the weights' decay.
RATE, DECAY = 2e-4, 0.02

#: How far a hint is moved in pixels, at most, and scaled.
MOVED, SCALED = 24, 0.15


@dataclass(frozen=True, slots=True)
class _Scene:
    """A hint's picture with its boxes in pixels; whether the icon's is sure."""

    picture: Picture
    digit: Box
    icon: Box
    icon_size: float
    known: bool


def hint_lesson(
    hints: Hints, confirmed: Collection[int], sides: Sides, net: Finder, plan: Plan
) -> Lesson:
    """Where labels say that the digit is, for a net that is trained in place.

    The icon's box is where the parent found it, which is learnt only where it is confirmed.

    Args:
        hints: of all puzzles; some of both sides have a digit box.
        confirmed: puzzles whose icon was found, see `validation.confirmed`.
        sides: which puzzles are trained on and validated on.
        net: what is trained.
        plan: the seed of the steps, and how many there are.
    """
    train, held_back = hints.marked(sides.train), hints.marked(sides.held_back)

    def step(number: int) -> Tensor:
        rng = np.random.default_rng([plan.seed, number])
        chosen = [train[int(k)] for k in rng.integers(len(train), size=HINTS)]
        scenes = [_moved(_scene(hints, k, k in confirmed), rng) for k in chosen]
        return _loss(net, scenes)

    def validate() -> float:
        scenes = [_scene(hints, k, k in confirmed) for k in held_back]
        parts = [scenes[k : k + BATCH] for k in range(0, len(scenes), BATCH)]
        with torch.inference_mode():
            losses = [float(_loss(net, part)) * len(part) for part in parts]
        return -sum(losses) / len(scenes)

    return Lesson(
        net=net,
        epochs=plan.shortened(EPOCHS),
        steps=min(MOST, math.ceil(len(train) / HINTS)),
        step=step,
        validate=validate,
        rate=RATE,
        decay=DECAY,
    )


def _scene(hints: Hints, puzzle: int, known: bool) -> _Scene:
    icon, size = hints.icon(puzzle)
    digit = Box(*map(float, hints.digit_boxes[puzzle]))
    return _Scene(np.asarray(hints.pictures[puzzle]), digit, icon, size, known)


def _loss(net: Finder, scenes: Sequence[_Scene]) -> Tensor:
    pictures = np.stack([scene.picture for scene in scenes])
    targets = np.stack([target_maps(s.digit, s.icon, s.icon_size) for s in scenes])
    with half_precision():
        maps = net(as_batch(pictures, torch.device("cpu")))
    known = torch.tensor([scene.known for scene in scenes])
    return hint_loss(maps.float(), torch.from_numpy(targets), known)


def _moved(scene: _Scene, rng: Rng) -> _Scene:
    """A hint damaged, and shifted and scaled as far as its boxes allow."""
    scale = float(np.exp(rng.uniform(-SCALED, SCALED)))
    shift = rng.uniform(-MOVED, MOVED, 2) + (1 - scale) * TILE / 2
    digit, icon = (_placed(box, scale, shift) for box in (scene.digit, scene.icon))
    if not (_inside(digit) and _inside(icon)):
        return _Scene(
            degrade(scene.picture, rng), scene.digit, scene.icon, scene.icon_size, scene.known
        )
    map_: Floats = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    warped = cv2.warpAffine(
        scene.picture, map_, (TILE, TILE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    picture = degrade(np.asarray(warped, np.uint8), rng)
    return _Scene(picture, digit, icon, scene.icon_size * scale, scene.known)


def _placed(box: Box, scale: float, shift: Floats) -> Box:
    x, y = scale * box.x + float(shift[0]), scale * box.y + float(shift[1])
    return Box(x, y, scale * box.width, scale * box.height)


def _inside(box: Box) -> bool:
    return min(box.x, box.y) >= 0 and max(box.x + box.width, box.y + box.height) <= TILE
