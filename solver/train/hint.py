"""Training the hint finder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from solver.generate.icons import Icon
from solver.nets.finder import Finder
from solver.nets.run import as_batch
from solver.train.degrade import Rng
from solver.train.heat import start_rare
from solver.train.hint_maps import hint_loss, target_maps
from solver.train.hint_scenes import HintScene, hint_scene
from solver.train.loop import half_precision, train

BATCH = 16

#: Hints kept in memory to draw from; some are replaced at every step.
KEPT, RENEWED = 1200, 2


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
        targets = [target_maps(scene.digit_box, scene.icon_box, scene.icon_size) for scene in batch]
        return hint_loss(maps.float(), torch.from_numpy(np.stack(targets)))

    return train(net, step, steps, 2e-3, "hint finder")
