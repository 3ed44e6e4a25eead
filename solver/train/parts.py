"""The nets to train, one function each; every part can run in a process of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from solver.generate import families
from solver.generate.icons import Icon, listed
from solver.hint import MAPS as HINT_MAPS
from solver.nets.digit import DigitNet
from solver.nets.finder import Finder
from solver.nets.polar import PairNet, PolarNet
from solver.planets import MAPS as PLANET_MAPS
from solver.train.digit import train_digit
from solver.train.encoder import train_encoder, widen_encoder
from solver.train.finder import train_finder
from solver.train.hint import train_hint
from solver.train.scenes import PuzzleScene, all_tiles, puzzle_scenes
from solver.train.wild.tile import wild_tile

#: Sizes of the nets, as `solver.model` writes them down.
CONFIG = {
    "name": "small",
    "finder": {"width": 40},
    "hint": {"width": 24},
    "digit": {"width": 32},
    "encoder": {"kind": "polar", "width": 24, "features": 32, "details": 24},
    "pair": {"details": 24, "width": 48},
}

#: Indices of generated puzzles: each part draws its own, calibration and reports others.
FIRST_PUZZLE = {
    "finder": 0,
    "narrow-encoder": 100_000,
    "hint": 200_000,
    "digit": 300_000,
    "encoder": 500_000,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a part trains: steps, and generated puzzles to train on."""

    steps: int
    puzzles: int


#: Trained nets by the names of their files, the part's own first, and the last loss.
Made = tuple[Mapping[str, nn.Module], float]

#: The plans at scale 1.
PLANS: Mapping[str, Plan] = {
    "narrow-encoder": Plan(6000, 900),
    "finder": Plan(5000, 1600),
    "hint": Plan(6000, 700),
    "digit": Plan(5000, 700),
    "encoder": Plan(3600, 900),
}

#: What is trained after what, and beside what: the groups take about as long as each other.
GROUPS = (("narrow-encoder", "encoder"), ("digit", "hint", "finder"))


@dataclass(frozen=True, slots=True)
class Trained:
    """What the card says of a trained part."""

    name: str
    steps: int
    puzzles: int
    loss: float
    minutes: float


def train_group(names: tuple[str, ...], seed: int, scale: float, folder: Path) -> list[Trained]:
    """Train parts one after another on one thread and save each as NAME.safetensors."""
    torch.set_num_threads(1)
    return [train_part(name, seed, scale, folder) for name in names]


def train_part(name: str, seed: int, scale: float, folder: Path) -> Trained:
    """Train one net from nothing and save it."""
    started = time.monotonic()
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, list(PLANS).index(name)])
    steps = max(2, round(PLANS[name].steps * scale))
    puzzles = max(4, round(PLANS[name].puzzles * min(scale, 1.0)))
    nets, loss = TRAINERS[name](seed, steps, puzzles, rng, folder)
    trained = Trained(name, steps, puzzles, loss, (time.monotonic() - started) / 60)
    note = {"trained": json.dumps(asdict(trained))}
    # The part's own file comes last: where it is, the part is whole.
    for part, net in reversed(list(nets.items())):
        weights = {key: value.contiguous() for key, value in net.state_dict().items()}
        save_file(weights, folder / f"{part}.safetensors", metadata=note)
    return trained


def read_note(folder: Path, name: str) -> Trained:
    """What was noted when a part was trained."""
    with safe_open(folder / f"{name}.safetensors", framework="pt") as file:
        return Trained(**json.loads(file.metadata()["trained"]))


def icon_pool() -> list[Icon]:
    """All icons that may be trained on."""
    return [icon for family in families("train") for icon in listed(family.name)]


def _narrow_encoder(
    seed: int, steps: int, puzzles: int, rng: np.random.Generator, folder: Path
) -> Made:
    net, pair = PolarNet(24, 32, 24), PairNet(24, 48)
    scenes = _matched(seed, "narrow-encoder", puzzles)
    loss = train_encoder(net, pair, icon_pool(), scenes, steps, rng)
    return {"narrow-encoder": net, "narrow-pair": pair}, loss


def _encoder(seed: int, steps: int, puzzles: int, rng: np.random.Generator, folder: Path) -> Made:
    net, pair = PolarNet(24, 32, 24), PairNet(24, 48)
    net.load_state_dict(load_file(folder / "narrow-encoder.safetensors"))
    pair.load_state_dict(load_file(folder / "narrow-pair.safetensors"))
    scenes = _matched(seed, "encoder", puzzles)
    loss = widen_encoder(net, pair, icon_pool(), scenes, steps, rng)
    return {"encoder": net, "pair": pair}, loss


def _matched(seed: int, name: str, puzzles: int) -> list[PuzzleScene]:
    """Generated puzzles, half of them hard, where icons are told apart with most effort."""
    indices = _indices(name, puzzles)
    return [
        *puzzle_scenes(seed, indices[: puzzles // 2], "mix"),
        *puzzle_scenes(seed, indices[puzzles // 2 :], "hard"),
    ]


def _finder(seed: int, steps: int, puzzles: int, rng: np.random.Generator, folder: Path) -> Made:
    net = Finder(len(PLANET_MAPS), 40)
    tiles = all_tiles(puzzle_scenes(seed, _indices("finder", puzzles)))
    pool = icon_pool()
    return {"finder": net}, train_finder(net, tiles, lambda: wild_tile(pool, rng), steps, rng)


def _hint(seed: int, steps: int, puzzles: int, rng: np.random.Generator, folder: Path) -> Made:
    net = Finder(len(HINT_MAPS), 24)
    hints = [scene.hint for scene in puzzle_scenes(seed, _indices("hint", puzzles))]
    return {"hint": net}, train_hint(net, icon_pool(), hints, steps, rng)


def _digit(seed: int, steps: int, puzzles: int, rng: np.random.Generator, folder: Path) -> Made:
    net = DigitNet(32)
    hints = [scene.hint for scene in puzzle_scenes(seed, _indices("digit", puzzles))]
    return {"digit": net}, train_digit(net, icon_pool(), hints, steps, rng)


def _indices(name: str, count: int) -> range:
    return range(FIRST_PUZZLE[name], FIRST_PUZZLE[name] + count)


Trainer = Callable[[int, int, int, np.random.Generator, Path], Made]

#: The function that trains each part.
TRAINERS: Mapping[str, Trainer] = {
    "narrow-encoder": _narrow_encoder,
    "finder": _finder,
    "hint": _hint,
    "digit": _digit,
    "encoder": _encoder,
}
