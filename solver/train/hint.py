"""Training the hint finder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from solver.generate.icons import Icon
from solver.hint import UNIT_DISTANCE
from solver.nets.finder import Finder
from solver.nets.run import Floats, as_batch
from solver.nets.shapes import STRIDE
from solver.planets import UNIT_SIZE
from solver.solution import TILE, Box
from solver.train.degrade import Rng
from solver.train.heat import bump, heat_loss, masked_error, start_rare
from solver.train.hint_scenes import HintScene, hint_scene
from solver.train.loop import half_precision, train

BATCH = 16

#: Hints kept in memory to draw from; some are replaced at every step.
KEPT, RENEWED = 1200, 2

CELLS = TILE // STRIDE


def train_hint(
    net: Finder, pool: Sequence[Icon], extra: Sequence[HintScene], steps: int, rng: Rng
) -> float:
    """Teach the net where the digit and the icon are.

    Args:
        net: what is trained, in place.
        pool: icons to draw hints with.
        extra: more hints, the generator's.
        steps: number of steps.
        rng: source of all chance.
    """
    start_rare(net, (0, 1))
    scenes = [hint_scene(pool, rng) for _ in range(min(KEPT, 4 * steps))]

    def step(number: int) -> Tensor:
        for k in range(RENEWED):
            scenes[(RENEWED * number + k) % len(scenes)] = hint_scene(pool, rng)
        sources = [extra if extra and rng.random() < 0.35 else scenes for _ in range(BATCH)]
        batch = [source[int(rng.integers(len(source)))] for source in sources]
        with half_precision():
            maps = net(as_batch(np.stack([scene.picture for scene in batch]), torch.device("cpu")))
        return _loss(maps.float(), torch.from_numpy(np.stack([target_maps(s) for s in batch])))

    return train(net, step, steps, 2e-3, "hint finder")


def target_maps(scene: HintScene) -> Floats:
    """What the net should say of a hint: (11, 50, 50) float32, as in `solver.hint.MAPS`."""
    size = np.full((1, CELLS, CELLS), np.log(scene.icon_size / UNIT_SIZE), np.float32)
    boxes = (scene.digit_box, scene.icon_box)
    heats = [bump(box.centre, max(box.width, box.height), CELLS)[None] for box in boxes]
    return np.concatenate([*heats, *(_log_distances(box) for box in boxes), size])


def _log_distances(box: Box) -> Floats:
    y, x = (np.mgrid[:CELLS, :CELLS].astype(np.float32) + 0.5) * STRIDE
    sides = (x - box.x, y - box.y, box.x + box.width - x, box.y + box.height - y)
    return np.asarray(np.log(np.maximum(np.stack(sides), 1.0) / UNIT_DISTANCE), np.float32)


def _loss(maps: Tensor, target: Tensor) -> Tensor:
    heat = heat_loss(maps[:, :2], target[:, :2])
    boxes = [
        masked_error(maps[:, 2 + 4 * k : 6 + 4 * k], target[:, 2 + 4 * k : 6 + 4 * k], target[:, k])
        for k in range(2)
    ]
    size = masked_error(maps[:, 10:], target[:, 10:], target[:, 1])
    return heat + sum(boxes) + size
