"""Training the planet finder on the tiles of generated puzzles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from solver.nets.finder import Finder
from solver.nets.run import Floats, as_batch
from solver.nets.shapes import STRIDE
from solver.picture import Picture
from solver.planets import UNIT_SIZE
from solver.solution import TILE
from solver.train.degrade import Rng, degrade
from solver.train.heat import bump, heat_loss, masked_error, start_rare
from solver.train.loop import half_precision, train

BATCH = 16

#: Share of the tiles in another style, how many are kept in memory, how many are new a step.
FRESH, KEPT, RENEWED = 0.5, 1200, 3

CELLS = TILE // STRIDE

#: Half the width in pixels of the band around an orbit that counts as its line.
LINE = 2.5


@dataclass(frozen=True, slots=True)
class TileScene:
    """A tile and what is true of it, in its pixels; the ellipse as in `Geometry`."""

    picture: Picture
    points: Floats
    sizes: Floats
    centre: Floats
    radii: Floats
    ratio: float
    angle: float


def train_finder(
    net: Finder,
    scenes: Sequence[TileScene],
    fresh: Callable[[], TileScene],
    steps: int,
    rng: Rng,
) -> float:
    """Teach the net where planets, orbit lines and the sun are.

    Args:
        net: what is trained, in place.
        scenes: tiles of generated puzzles.
        fresh: draws a tile of another style.
        steps: number of steps.
        rng: source of all chance.
    """
    others = [fresh() for _ in range(min(KEPT, 4 * steps))]
    start_rare(net, (0, 4, 5))

    def step(number: int) -> Tensor:
        for k in range(RENEWED):
            others[(RENEWED * number + k) % len(others)] = fresh()
        sources = [others if rng.random() < FRESH else scenes for _ in range(BATCH)]
        batch = [varied(source[int(rng.integers(len(source)))], rng) for source in sources]
        pictures = np.stack([degrade(scene.picture, rng) for scene in batch])
        with half_precision():
            maps = net(as_batch(pictures, torch.device("cpu")))
        return _loss(maps.float(), torch.from_numpy(np.stack([target_maps(s) for s in batch])))

    return train(net, step, steps, 2e-3, "planet finder")


def varied(scene: TileScene, rng: Rng) -> TileScene:
    """The tile mirrored, turned by right angles, and now and then scaled and moved."""
    if rng.random() < 0.4:
        scene = _scaled(scene, float(rng.uniform(0.8, 1.2)), rng.uniform(-12, 12, 2))
    if rng.random() < 0.5:
        scene = _mirrored(scene)
    return _transposed(scene) if rng.random() < 0.5 else scene


def _scaled(scene: TileScene, scale: float, shift: Floats) -> TileScene:
    move = np.concatenate((np.eye(2) * scale, (shift + TILE / 2 * (1 - scale))[:, None]), axis=1)
    picture = cv2.warpAffine(scene.picture, move, (TILE, TILE), borderMode=cv2.BORDER_REPLICATE)
    points = scene.points * scale + move[:, 2]
    inside = np.all((points > 0) & (points < TILE), axis=1)
    return replace(
        scene,
        picture=np.asarray(picture, np.uint8),
        points=points[inside],
        sizes=scene.sizes[inside] * scale,
        centre=scene.centre * scale + move[:, 2],
        radii=scene.radii * scale,
    )


def _mirrored(scene: TileScene) -> TileScene:
    flip = np.array([-1.0, 1.0])
    away = np.array([TILE, 0.0])
    return replace(
        scene,
        picture=scene.picture[:, ::-1],
        points=scene.points * flip + away,
        centre=scene.centre * flip + away,
        angle=np.pi - scene.angle,
    )


def _transposed(scene: TileScene) -> TileScene:
    return replace(
        scene,
        picture=scene.picture.transpose(1, 0, 2),
        points=scene.points[:, ::-1],
        centre=scene.centre[::-1],
        angle=np.pi / 2 - scene.angle,
    )


def target_maps(scene: TileScene) -> Floats:
    """What the net should say of a tile: (6, 50, 50) float32, as in `solver.planets.MAPS`."""
    maps = np.zeros((6, CELLS, CELLS), np.float32)
    y, x = np.mgrid[:CELLS, :CELLS].astype(np.float32) + 0.5
    for point, size in zip(scene.points, scene.sizes, strict=True):
        heat = bump((float(point[0]), float(point[1])), float(size), CELLS)
        nearer = heat > maps[0]
        maps[0] = np.maximum(maps[0], heat)
        maps[1][nearer] = (point[0] / STRIDE - x)[nearer]
        maps[2][nearer] = (point[1] / STRIDE - y)[nearer]
        maps[3][nearer] = np.log(size / UNIT_SIZE)
    maps[4] = _lines(scene, x * STRIDE, y * STRIDE)
    if np.all((scene.centre > 0) & (scene.centre < TILE)):
        maps[5] = bump((float(scene.centre[0]), float(scene.centre[1])), 40.0, CELLS)
    return maps


def _lines(scene: TileScene, x: Floats, y: Floats) -> Floats:
    dx, dy = x - scene.centre[0], y - scene.centre[1]
    cos, sin = np.cos(scene.angle), np.sin(scene.angle)
    reach = np.hypot(dx * cos + dy * sin, (dy * cos - dx * sin) / scene.ratio)
    distance = np.abs(reach[None] - scene.radii[:, None, None]).min(axis=0)
    return np.asarray(np.exp(-0.5 * (distance / LINE) ** 2), np.float32)


def _loss(maps: Tensor, target: Tensor) -> Tensor:
    planet = heat_loss(maps[:, :1], target[:, :1])
    place = masked_error(maps[:, 1:3], target[:, 1:3], target[:, 0])
    size = masked_error(maps[:, 3:4], target[:, 3:4], target[:, 0])
    line = functional.binary_cross_entropy_with_logits(maps[:, 4], target[:, 4])
    sun = heat_loss(maps[:, 5:], target[:, 5:])
    return planet + place + size + line + 0.3 * sun
