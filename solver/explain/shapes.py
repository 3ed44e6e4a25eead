"""What a drawing is made of; a raster and an SVG draw the same shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from solver.picture import Picture

Anchor: TypeAlias = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle with round corners, filled, outlined or both; colours as `#rrggbb`."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    thickness: float = 2.0
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Oval:
    """The outline of an ellipse: its middle, half axes, and the turn of the first in radians."""

    x: float
    y: float
    across: float
    up: float
    stroke: str
    thickness: float = 2.0
    turn: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text by the point of its anchor, on its base line; `halo` is drawn around it."""

    x: float
    y: float
    text: str
    size: int
    colour: str
    anchor: Anchor = "start"
    halo: str | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """Pixels, (H, W, 3) uint8 RGB, stretched over a rectangle."""

    pixels: Picture
    x: float
    y: float
    width: float
    height: float
    name: str


@dataclass(frozen=True, slots=True)
class Clipped:
    """Shapes in a rectangle of their own, whose corner is their origin; the rest is cut off."""

    x: float
    y: float
    width: float
    height: float
    shapes: tuple[Shape, ...]


Shape: TypeAlias = "Rectangle | Oval | Words | Photo | Clipped"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes over a ground, the later over the earlier; `title` says what is seen."""

    width: int
    height: int
    ground: str
    title: str
    shapes: tuple[Shape, ...]
