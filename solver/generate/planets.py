"""Painting planets: an icon in some colours on a badge, turned by any angle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.generate import badges, icons, stamps
from solver.generate.arrays import Canvas
from solver.generate.bodies import Body, Patch
from solver.generate.chance import Rng, between, maybe
from solver.generate.colours import BLACK, WHITE, Colour, Scheme, against, blend, luma
from solver.generate.dress import Dress
from solver.generate.icons import REACH, Icon
from solver.generate.inks import Ink
from solver.generate.levels import Level


@dataclass(frozen=True, slots=True)
class Painted:
    """What was painted: the icon's angle, the badge's shape and the radius of the whole planet."""

    angle: float
    badge: str
    reach: float


@dataclass(frozen=True, slots=True)
class Painter:
    """Paints the planets of one puzzle."""

    level: Level
    scheme: Scheme
    look: Dress
    ink: Ink

    def paint(
        self, rng: Rng, tile: Canvas, at: tuple[float, float], icon: Icon, size: float
    ) -> Painted:
        """Paint one planet onto a tile (200, 200, 3), its icon centred on `at`, tile px."""
        look = self.look
        shape = badges.choose(rng, look.badges) if look.shape == "mixed" else look.shape
        badge = look.badges[shape]
        angle = round(between(rng, 0, 360), 2)
        radius = REACH * size * (1.0 if shape == "bare" else look.margin)
        reach = radius * badge.reach
        wide = reach + radius * badge.spread + look.rim / 2 + (5 if look.shadow else 2)
        side = 2 * int(np.ceil(wide)) + 1
        left, top, shift = stamps.patch(*at, side)
        patch = Patch(tile, left, top, side, shift)
        under = stamps.mean_colour(tile, *at, REACH * size)
        if shape != "bare":
            turn = angle if maybe(rng, 0.5) else 0.0
            colour = look.badge or against(rng, self.scheme, under, 25)
            xs, ys = stamps.grid(side, shift, turn)
            body = Body(patch, badge.distance, xs, ys, radius, colour, under, look)
            under = badge.coat(body)
        drawn = icons.render(icon, size, angle, side, shift)
        self.ink(patch, drawn, self._colour(rng, under), look, shape == "bare")
        return Painted(angle, shape, round(reach, 3))

    def _colour(self, rng: Rng, under: Colour) -> Colour:
        """The icon's colour on what lies under it."""
        shade, contrast = self.look.shade, self.level.contrast
        if shade == "ink":
            return BLACK if luma(under) > 127 else WHITE
        colour = against(rng, self.scheme, under, contrast)
        if shade == "light" and luma(under) < 255 - contrast:
            return blend(colour, WHITE, 0.5) if luma(colour) > luma(under) else WHITE
        if shade == "dark" and luma(under) > contrast:
            return blend(colour, BLACK, 0.5) if luma(colour) < luma(under) else BLACK
        return colour
