"""Painting planets: an icon in some colours on a badge, turned by any angle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.generate import badges, icons, stamps
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, Scheme, against, blend, luma, of
from solver.generate.icons import REACH, Icon
from solver.generate.levels import Level
from solver.generate.stamps import Canvas


@dataclass(frozen=True, slots=True)
class Dress:
    """How the planets of a puzzle are dressed.

    `shape`: of all badges, or "mixed". `margin`: badge radius in parts of the icon's reach.
    `two_tone`: one pair of colours for all. `turn`: most degrees that icons are turned.
    """

    shape: str
    size: float
    vary: float
    margin: float
    shadow: float
    rim: float
    opacity: float
    flat_badge: bool

    def reach(self) -> float:
        """Radius in px that most planets take up."""
        body = 1.0 if self.shape == "bare" else self.margin
        return REACH * self.size * body


@dataclass(frozen=True, slots=True)
class Painted:
    """What was painted: the icon's angle, the badge's shape and the radius of all its ink."""

    angle: float
    badge: str
    reach: float


def dress(rng: Rng, level: Level) -> Dress:
    """Choose how planets look."""
    shape = badges.choose(rng) if maybe(rng, 0.75) else "mixed"
    size = between(rng, *level.icon_size)
    if shape != "bare":
        size = max(size * 0.84, 16.0)
    return Dress(
        shape=shape,
        size=size,
        vary=pick(rng, (0.0, 0.06, 0.15), (3, 2, 1)),
        margin=between(rng, 1.08, 1.35),
        shadow=between(rng, 0.25, 0.7) if maybe(rng, 0.25) else 0.0,
        rim=between(rng, 0.8, 2.2) if maybe(rng, 0.3) else 0.0,
        opacity=1.0 if maybe(rng, 0.8) else between(rng, 0.6, 0.95),
        flat_badge=maybe(rng, 0.25),
    )


def paint(
    rng: Rng,
    level: Level,
    scheme: Scheme,
    look: Dress,
    tile: Canvas,
    x: float,
    y: float,
    icon: Icon,
    size: float,
    badge_colour: Colour,
) -> Painted:
    """Paint one planet onto a tile (200, 200, 3), its icon centred on (x, y)."""
    shape = badges.choose(rng) if look.shape == "mixed" else look.shape
    angle = round(between(rng, 0, 360), 2)
    radius = REACH * size * look.margin
    full = radius * badges.REACH[shape] * 1.3 + 3
    side = 2 * int(np.ceil(full)) + 1
    left, top, shift = stamps.patch(x, y, side)
    under = stamps.mean_colour(tile, x, y, REACH * size)
    if shape != "bare":
        under = _badge(
            rng,
            look,
            tile,
            shape,
            (left, top, side),
            shift,
            angle,
            radius,
            badge_colour if look.flat_badge else against(rng, scheme, under, 25),
            under,
        )
    colour = against(rng, scheme, under, level.contrast)
    drawn = icons.render(icon, size, angle, side, shift).astype(np.float32) / 255
    if shape == "bare" and look.shadow:
        stamps.lay(tile, drawn * np.float32(look.shadow), _shade(colour), left + 1, top + 1)
    stamps.lay(tile, drawn, colour, left, top)
    reach = REACH * size if shape == "bare" else radius * badges.REACH[shape] + look.rim
    return Painted(angle, shape, round(reach, 3))


def _shade(colour: Colour) -> Colour:
    return (0.0, 0.0, 0.0) if luma(colour) > 90 else (255.0, 255.0, 255.0)


def _badge(
    rng: Rng,
    look: Dress,
    tile: Canvas,
    shape: str,
    patch: tuple[int, int, int],
    shift: tuple[float, float],
    angle: float,
    radius: float,
    colour: Colour,
    under: Colour,
) -> Colour:
    """Paint the badge and return the colour that its icon stands on."""
    left, top, side = patch
    turn = angle if maybe(rng, 0.5) else 0.0
    edge, dropped = badges.body(shape, side, shift, turn, radius)
    if look.shadow:
        stamps.lay(tile, stamps.soft(dropped, 4) * np.float32(look.shadow), (0, 0, 0), left, top)
    if shape == "ring":
        width = np.float32(max(1.2, radius * 0.12))
        stamps.lay(tile, stamps.soft(np.abs(edge + width / 2) - width / 2), colour, left, top)
        return under
    stamps.lay(tile, stamps.soft(edge) * np.float32(look.opacity), colour, left, top)
    if look.rim:
        line = np.abs(edge) - np.float32(look.rim / 2)
        stamps.lay(tile, stamps.soft(line), blend(colour, _shade(colour), 0.6), left, top)
    return blend(under, colour, look.opacity)


def sizes(rng: Rng, look: Dress, count: int) -> list[float]:
    """The icon sizes of a tile's planets in px."""
    return [round(look.size * between(rng, 1 - look.vary, 1.0), 3) for _ in range(count)]


def shared_colour(rng: Rng, scheme: Scheme) -> Colour:
    """One badge colour for a whole puzzle."""
    return of(rng, scheme)
