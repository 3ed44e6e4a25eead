"""What is true of a generated puzzle, and the puzzle itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

TILE = 200
TILES = 5
ORBITS = 5


@dataclass(frozen=True, slots=True)
class Box:
    """A box: top-left corner and sides, x right and y down, in px of the 1000x400 picture."""

    x: float
    y: float
    width: float
    height: float

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies in the box, edges included."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


@dataclass(frozen=True, slots=True)
class TruePlanet:
    """One planet.

    `x`, `y`: centre of its icon in px of the 1000x400 picture. `size`: side of the icon's square;
    all of the icon's ink lies within 0.575 x `size` of the centre, whatever its rotation. `rank`:
    orbit 1-5. `angle`: how far the icon is turned, degrees counter-clockwise. `reach`: distance in
    px from the centre to the farthest ink of the planet (badge and shadow aside). `cut`: part of
    it lies outside its tile.
    """

    tile: int
    x: float
    y: float
    size: float
    rank: int
    icon: str
    is_target: bool
    angle: float
    badge: str
    reach: float
    cut: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that is true of a puzzle.

    Boxes and points are px of the 1000x400 picture, whatever size the file has (`width`,
    `height`). `centre` is px of a 200x200 tile and may lie outside it. Orbit `k` is the ellipse
    with semi-axes `radii[k - 1]` along `angle` (degrees, from +x towards +y) and
    `ratio * radii[k - 1]` across it. `target_boxes` are the exact boxes written as `+` labels;
    `faults` names what the labels get wrong on purpose.
    """

    id: int
    image: str
    seed: int
    index: int
    difficulty: str
    assets: str
    width: int
    height: int
    digit: int
    answer: int
    icon: str
    font: str
    digit_box: Box
    icon_box: Box
    target_boxes: tuple[Box, ...]
    planets: tuple[TruePlanet, ...]
    centre: tuple[float, float]
    radii: tuple[float, ...]
    ratio: float
    angle: float
    styles: dict[str, str]
    faults: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The truth as JSON-able values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A puzzle: `picture` (H, W, 3) uint8 RGB as decoded from `data`, the file's bytes."""

    picture: NDArray[np.uint8]
    data: bytes
    extension: str
    truth: Truth
