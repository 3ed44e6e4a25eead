"""Generated puzzles as what the nets are trained on: normalised pictures, and truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from solver.generate import Box as TrueBox
from solver.generate import Drawn, Truth, draw
from solver.generate.icons import REACH, Icon, listed, master
from solver.layout import Layout, split
from solver.solution import TILE, TILES, Box
from solver.train.finder import TileScene
from solver.train.hint_scenes import HintScene


@dataclass(frozen=True, slots=True)
class PuzzleScene:
    """A generated puzzle; `asked` says, per tile and planet, whether it has the asked icon."""

    tiles: tuple[TileScene, ...]
    hint: HintScene
    asked: tuple[NDArray[np.bool_], ...]
    answer: int


def puzzle_scenes(
    seed: int, indices: Iterable[int], difficulty: str = "mix"
) -> Iterator[PuzzleScene]:
    """Draw puzzles from the training assets."""
    for index in indices:
        yield puzzle_scene(draw(seed, index, difficulty, "train"))


def puzzle_scene(drawn: Drawn) -> PuzzleScene:
    """A drawn puzzle on the normalised scale."""
    layout = split(drawn.picture)
    pairs = [_tile(layout, drawn.truth, number) for number in range(1, TILES + 1)]
    return PuzzleScene(
        tiles=tuple(tile for tile, _ in pairs),
        hint=_hint(layout, drawn.truth),
        asked=tuple(asked for _, asked in pairs),
        answer=drawn.truth.answer,
    )


def _tile(layout: Layout, truth: Truth, number: int) -> tuple[TileScene, NDArray[np.bool_]]:
    left = TILE * (number - 1)
    planets = [p for p in truth.planets if p.tile == number]
    planets = [p for p in planets if 0 <= p.x - left < TILE and 0 <= p.y < TILE]
    scene = TileScene(
        picture=layout.tiles[number - 1],
        points=np.array([(p.x - left, p.y) for p in planets], np.float32).reshape(-1, 2),
        sizes=np.array([p.size for p in planets], np.float32),
        centre=np.array(truth.centre, np.float32),
        radii=np.array(truth.radii, np.float32),
        ratio=truth.ratio,
        angle=float(np.deg2rad(truth.angle)),
    )
    return scene, np.array([p.icon == truth.icon for p in planets], np.bool_)


def _hint(layout: Layout, truth: Truth) -> HintScene:
    return HintScene(
        picture=layout.hint,
        digit=truth.digit,
        digit_box=_lowered(truth.digit_box),
        icon_box=_lowered(truth.icon_box),
        icon_size=_size(truth.icon, truth.icon_box),
    )


def _lowered(box: TrueBox) -> Box:
    return Box(box.x, box.y - TILE, box.width, box.height)


def _size(icon: str, box: TrueBox) -> float:
    """The side of the icon's square, from its ink's box and its shape."""
    spans = ink_spans(icon)
    longest = 0 if spans[0] >= spans[1] else 1
    return float((box.width, box.height)[longest] / spans[longest])


@lru_cache(maxsize=5000)
def ink_spans(icon: str) -> tuple[float, float]:
    """Width and height of an icon's ink as shares of the side of its square."""
    mask = master(icon_by_id(icon))
    rows, columns = np.nonzero(mask.max(axis=1) > 24)[0], np.nonzero(mask.max(axis=0) > 24)[0]
    ys, xs = np.nonzero(mask > 48)
    middle = (np.array(mask.shape) - 1) / 2
    reach = np.sqrt(((ys - middle[0]) ** 2 + (xs - middle[1]) ** 2).max()) + 0.5
    side = reach / REACH
    return float((np.ptp(columns) + 1) / side), float((np.ptp(rows) + 1) / side)


def icon_by_id(name: str) -> Icon:
    """The icon of a `family/name`."""
    return _icons(name.split("/", maxsplit=1)[0])[name]


@lru_cache(maxsize=32)
def _icons(family: str) -> dict[str, Icon]:
    return {icon.id: icon for icon in listed(family)}


def all_tiles(scenes: Iterable[PuzzleScene]) -> list[TileScene]:
    """The tiles of all puzzles."""
    return [tile for scene in scenes for tile in scene.tiles]
