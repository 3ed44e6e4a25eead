"""Painting planets: an icon in some colours on a badge, turned by any angle."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from solver.generate import badges, icons, stamps
from solver.generate.arrays import Alpha, Canvas, Mask
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, Scheme, against, blend, luma, of
from solver.generate.icons import REACH, Icon
from solver.generate.levels import Level

_BLACK: Colour = (0.0, 0.0, 0.0)
_WHITE: Colour = (255.0, 255.0, 255.0)


@dataclass(frozen=True, slots=True)
class Dress:
    """How the planets of a puzzle are dressed.

    `shape`: of all badges, or "mixed". `size`: of the largest icon in px, others down to
    `1 - vary` of it. `margin`: badge radius in parts of the icon's reach. `shadow`: its strength.
    `rim`: width in px of a line around badges, or around bare icons. `finish`: flat, ball or sheen.
    `opacity`: of badges. `badge`: the colour of all badges, or None for one each. `shade`: how the
    icons' colours are chosen: free, light, dark or ink (black or white).
    """

    shape: str
    size: float
    vary: float
    margin: float
    shadow: float
    rim: float
    finish: str
    opacity: float
    badge: Colour | None
    shade: str

    def reach(self) -> float:
        """Radius in px that most planets take up."""
        return REACH * self.size * (1.0 if self.shape == "bare" else self.margin)

    def extent(self) -> float:
        """Radius in px that no planet exceeds, corners of badges included."""
        shapes = badges.REACH if self.shape == "mixed" else (self.shape,)
        return self.reach() * max(badges.REACH[shape] for shape in shapes)

    def sizes(self, rng: Rng, count: int) -> list[float]:
        """The icon sizes of a tile's planets in px."""
        return [round(self.size * between(rng, 1 - self.vary, 1.0), 3) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Painted:
    """What was painted: the icon's angle, the badge's shape and the radius of the whole planet."""

    angle: float
    badge: str
    reach: float


@dataclass(frozen=True, slots=True)
class _Patch:
    """The square of a tile that one planet is painted on."""

    tile: Canvas
    left: int
    top: int
    side: int
    shift: tuple[float, float]

    def lay(self, alpha: Alpha, colour: Colour, down: int = 0) -> None:
        stamps.lay(self.tile, alpha, colour, self.left + down, self.top + down)


def dress(rng: Rng, level: Level, scheme: Scheme) -> Dress:
    """Choose how planets look."""
    shape = badges.choose(rng) if maybe(rng, 0.75) else "mixed"
    size = between(rng, *level.icon_size)
    busy = scheme.theme == "photo"
    return Dress(
        shape=shape,
        size=size if shape == "bare" else max(size * 0.86, level.icon_size[0]),
        vary=pick(rng, (0.0, 0.06, 0.15), (3, 2, 1)),
        margin=between(rng, 1.08, 1.35),
        shadow=between(rng, 0.3, 0.75) if maybe(rng, 0.25) else 0.0,
        rim=between(rng, 0.8, 2.2) if maybe(rng, 0.6 if busy else 0.25) else 0.0,
        finish=pick(rng, ("flat", "ball", "sheen"), (6, 1.5, 1)),
        opacity=1.0 if maybe(rng, 0.8) else between(rng, 0.6, 0.95),
        badge=of(rng, scheme) if maybe(rng, 0.25) else None,
        shade=pick(rng, ("free", "light", "dark", "ink"), (5, 1, 1, 1.5)),
    )


@dataclass(frozen=True, slots=True)
class Painter:
    """Paints the planets of one puzzle."""

    level: Level
    scheme: Scheme
    look: Dress

    def paint(
        self, rng: Rng, tile: Canvas, at: tuple[float, float], icon: Icon, size: float
    ) -> Painted:
        """Paint one planet onto a tile (200, 200, 3), its icon centred on `at`, tile px."""
        shape = badges.choose(rng) if self.look.shape == "mixed" else self.look.shape
        angle = round(between(rng, 0, 360), 2)
        radius = REACH * size * (1.0 if shape == "bare" else self.look.margin)
        reach = radius * badges.REACH[shape]
        side = 2 * int(np.ceil(reach + self.look.rim / 2 + (5 if self.look.shadow else 2))) + 1
        left, top, shift = stamps.patch(*at, side)
        patch = _Patch(tile, left, top, side, shift)
        under = stamps.mean_colour(tile, *at, REACH * size)
        if shape != "bare":
            turn = angle if maybe(rng, 0.5) else 0.0
            under = self._body(rng, patch, shape, turn, radius, under)
        drawn = icons.render(icon, size, angle, side, patch.shift)
        self._icon(patch, drawn, self._ink(rng, under), bare=shape == "bare")
        return Painted(angle, shape, round(reach, 3))

    def _ink(self, rng: Rng, under: Colour) -> Colour:
        """The icon's colour on what lies under it."""
        shade, contrast = self.look.shade, self.level.contrast
        if shade == "ink":
            return _BLACK if luma(under) > 127 else _WHITE
        colour = against(rng, self.scheme, under, contrast)
        if shade == "light" and luma(under) < 255 - contrast:
            return blend(colour, _WHITE, 0.5) if luma(colour) > luma(under) else _WHITE
        if shade == "dark" and luma(under) > contrast:
            return blend(colour, _BLACK, 0.5) if luma(colour) < luma(under) else _BLACK
        return colour

    def _icon(self, patch: _Patch, drawn: Mask, colour: Colour, bare: bool) -> None:
        cover = drawn.astype(np.float32) / 255
        if bare and self.look.shadow:
            patch.lay(cover * np.float32(self.look.shadow), _opposite(colour), down=1)
        if bare and self.look.rim:
            wide = 3 if self.look.rim < 1.5 else 5
            around = cv2.dilate(drawn, np.ones((wide, wide), np.uint8))
            patch.lay(around.astype(np.float32) / 255, _opposite(colour))
        patch.lay(cover, colour)

    def _body(
        self, rng: Rng, patch: _Patch, shape: str, turn: float, radius: float, under: Colour
    ) -> Colour:
        """Paint the badge and return the colour that its icon stands on."""
        look = self.look
        colour = look.badge or against(rng, self.scheme, under, 25)
        xs, ys = stamps.grid(patch.side, patch.shift, turn)
        edge = badges.distance(shape, xs, ys, radius)
        if look.shadow and shape != "ring":
            fallen = badges.distance(shape, xs - radius / 9, ys - radius / 7, radius)
            patch.lay(stamps.soft(fallen, 4) * np.float32(look.shadow), _BLACK)
        if shape == "ring":
            width = np.float32(max(1.2, radius * 0.12))
            patch.lay(stamps.soft(np.abs(edge + width / 2) - width / 2), colour)
            return under
        cover = stamps.soft(edge) * np.float32(look.opacity)
        patch.lay(cover, colour)
        if look.finish != "flat":
            self._finish(patch, cover, xs, ys, radius)
        if look.rim:
            line = stamps.soft(np.abs(edge) - np.float32(look.rim / 2))
            patch.lay(line, blend(colour, _opposite(colour), 0.6))
        return blend(under, colour, look.opacity)

    def _finish(self, patch: _Patch, cover: Alpha, xs: Alpha, ys: Alpha, radius: float) -> None:
        """Light from the upper left: over a ball, or as a sheen over a flat badge."""
        if self.look.finish == "sheen":
            light = np.clip(-ys / np.float32(radius), 0, 1) * np.float32(0.3)
            patch.lay(cover * light, _WHITE)
            return
        away = np.hypot(xs + radius * 0.35, ys + radius * 0.35) / np.float32(radius)
        patch.lay(cover * np.clip(0.4 - away * 0.5, 0, 1), _WHITE)
        patch.lay(cover * np.clip(away * 0.4 - 0.2, 0, 0.5), _BLACK)


def _opposite(colour: Colour) -> Colour:
    return _BLACK if luma(colour) > 110 else _WHITE
