"""What a badge is painted like once its outline is known: a solid body, or a ring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from solver.generate import stamps
from solver.generate.arrays import Alpha, Canvas
from solver.generate.colours import BLACK, WHITE, Colour, blend, opposite

if TYPE_CHECKING:
    from solver.generate.dress import Dress

#: Signed distance in px (negative inside) at x, y to a shape that holds a circle of a radius.
Distance: TypeAlias = Callable[[Alpha, Alpha, float], Alpha]


@dataclass(frozen=True, slots=True)
class Patch:
    """The square of a tile that one planet is painted on."""

    tile: Canvas
    left: int
    top: int
    side: int
    shift: tuple[float, float]

    def lay(self, alpha: Alpha, colour: Colour, down: int = 0) -> None:
        """Blend a colour in through a mask as large as the patch, moved `down` px both ways."""
        stamps.lay(self.tile, alpha, colour, self.left + down, self.top + down)


@dataclass(frozen=True, slots=True)
class Body:
    """A badge about to be painted: its outline over the patch, its colour and what it covers."""

    patch: Patch
    distance: Distance
    xs: Alpha
    ys: Alpha
    radius: float
    colour: Colour
    under: Colour
    look: Dress

    def edge(self, right: float = 0.0, down: float = 0.0) -> Alpha:
        """Signed distance to the outline moved by some px."""
        return self.distance(self.xs - right, self.ys - down, self.radius)


#: Paints a body and returns the colour that its icon stands on.
Coat: TypeAlias = Callable[[Body], Colour]


def solid(body: Body) -> Colour:
    """A filled badge, with the shadow, light and rim that its dress asks for."""
    look = body.look
    edge = body.edge()
    if look.shadow:
        fallen = body.edge(body.radius / 9, body.radius / 7)
        body.patch.lay(stamps.soft(fallen, 4) * np.float32(look.shadow), BLACK)
    cover = stamps.soft(edge) * np.float32(look.opacity)
    body.patch.lay(cover, body.colour)
    if look.finish != "flat":
        _light(body, cover)
    if look.rim:
        line = stamps.soft(np.abs(edge) - np.float32(look.rim / 2))
        body.patch.lay(line, blend(body.colour, opposite(body.colour), 0.6))
    return blend(body.under, body.colour, look.opacity)


def ring(body: Body) -> Colour:
    """The outline alone."""
    width = np.float32(max(1.2, body.radius * 0.12))
    body.patch.lay(stamps.soft(np.abs(body.edge() + width / 2) - width / 2), body.colour)
    return body.under


def _light(body: Body, cover: Alpha) -> None:
    """Light from the upper left: over a ball, or as a sheen over a flat badge."""
    xs, ys, radius = body.xs, body.ys, body.radius
    if body.look.finish == "sheen":
        light = np.clip(-ys / np.float32(radius), 0, 1) * np.float32(0.3)
        body.patch.lay(cover * light, WHITE)
        return
    away = np.hypot(xs + radius * 0.35, ys + radius * 0.35) / np.float32(radius)
    body.patch.lay(cover * np.clip(0.4 - away * 0.5, 0, 1), WHITE)
    body.patch.lay(cover * np.clip(away * 0.4 - 0.2, 0, 0.5), BLACK)
