"""The answer drawn over its picture: numbers for an inline SVG, in pixels of the picture."""

import math
from dataclasses import dataclass
from typing import Any

#: Tiles stand side by side.
TILES = 5


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its top left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle by its centre and radius."""

    cx: float
    cy: float
    r: float


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An orbit within its tile: centre, half axes, and the turn of the first axis in degrees."""

    cx: float
    cy: float
    rx: float
    ry: float
    angle: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn over a picture of this size."""

    width: float
    height: float
    tile: Box
    answer: Circle
    orbit: Ellipse | None
    hint: tuple[Box, ...]


def draw(
    tile: int | None,
    x: float | None,
    y: float | None,
    digit: int | None,
    seen: dict[str, Any] | None,
) -> Drawing | None:
    """The drawing of a result, or None where there is no answer to draw."""
    if tile is None or x is None or y is None or not seen or "size" not in seen:
        return None
    width, height = seen["size"]
    side = width / TILES
    return Drawing(
        width=width,
        height=height,
        tile=Box(side * (tile - 1), 0, side, side),
        answer=Circle(x, y, 0.09 * side),
        orbit=_orbit(seen, digit),
        hint=tuple(Box(*seen[name]) for name in ("digit_box", "icon_box") if seen.get(name)),
    )


def _orbit(seen: dict[str, Any], digit: int | None) -> Ellipse | None:
    orbits, centre = seen.get("orbits"), seen.get("centre")
    if not orbits or not centre or digit is None or not 1 <= digit <= len(orbits):
        return None
    ratio, angle = seen.get("ellipse") or (1.0, 0.0)
    radius = orbits[digit - 1]
    return Ellipse(centre[0], centre[1], radius, radius * ratio, math.degrees(angle))
