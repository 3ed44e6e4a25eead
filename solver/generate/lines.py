"""How orbits are drawn: solid, dashed, dotted, faint or not at all, now and then numbered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from solver.generate import colours, digits, stamps
from solver.generate.arrays import Alpha, Canvas, Mask, Points
from solver.generate.assets import Face
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, Scheme
from solver.generate.levels import Level
from solver.generate.orbits import Orbits
from solver.generate.places import Place
from solver.generate.truth import ORBITS, TILE

#: Sub-pixel bits of cv2's drawing.
_SHIFT = 5


@dataclass(frozen=True, slots=True)
class Marks:
    """What shows the orbits: layers of coverage (200, 200) 0-1 and colour, the same in every tile.

    `near`: when not None, they show only within so many px of a planet.
    """

    style: str
    layers: tuple[tuple[Alpha, Colour], ...]
    near: float | None = None

    def lay(self, tile: Canvas, spots: Iterable[Place]) -> None:
        """Lay them onto a tile (200, 200, 3) whose planets stand at `spots`."""
        shown: Alpha | None = None if self.near is None else _near(self.near, spots)
        for cover, colour in self.layers:
            stamps.lay(tile, cover if shown is None else cover * shown, colour, 0, 0)


def _near(far: float, spots: Iterable[Place]) -> Alpha:
    shown = np.zeros((TILE, TILE), np.uint8)
    for spot in spots:
        cv2.circle(shown, (int(spot.x), int(spot.y)), int(far), (255,), -1, cv2.LINE_AA)
    return shown.astype(np.float32) / 255


def draw(
    rng: Rng, level: Level, scheme: Scheme, orbits: Orbits, face: Face, under: Colour
) -> Marks:
    """Choose and draw the orbit lines of a puzzle; `under` is what they lie on."""
    lined = _lined(rng, level, orbits, face)
    shade = colour(rng, level, scheme, under)
    if lined is None:
        return Marks("none", ())
    mask, style = lined
    return Marks(style, ((mask.astype(np.float32) / 255, shade),))


def colour(rng: Rng, level: Level, scheme: Scheme, under: Colour, least: float = 0.0) -> Colour:
    """A line's colour: lighter or darker than what lies under it, by as much as the level asks.

    `least`: a difference of luma that is never undercut.
    """
    contrast = max(between(rng, *level.orbit_contrast), least)
    shade = colours.pushed(colours.of(rng, scheme), under, contrast)
    far = abs(colours.luma(shade) - colours.luma(under))
    return colours.blend(under, shade, min(contrast / max(far, 1.0), 1.0))


def _lined(rng: Rng, level: Level, orbits: Orbits, face: Face) -> tuple[Mask, str] | None:
    """The coverage of the lines, (200, 200) uint8, and their style's name."""
    if maybe(rng, level.p_no_orbits):
        return None
    style = pick(rng, ("solid", "dashed", "dotted", "double"), (6, 2.5, 2.5, 0.4))
    mask = np.zeros((TILE, TILE), np.uint8)
    width = pick(rng, (1, 2, 3), (5, 3, 1))
    pace = between(rng, 4, 11)
    for rank in range(1, ORBITS + 1):
        _orbit(mask, orbits, rank, style, width, pace)
    if maybe(rng, 0.08):
        _numbers(rng, mask, orbits, face)
        style += "-numbered"
    return mask, style


def _orbit(mask: Mask, orbits: Orbits, rank: int, style: str, width: int, pace: float) -> None:
    """One orbit; `pace` is the length in px of a dash, or between two dots."""
    around = 2 * np.pi * orbits.radii[rank - 1]
    count = max(int(around / pace), 8) // 2 * 2
    if style == "dotted":
        turns = np.arange(count) * (2 * np.pi / count)
        for x, y in _fixed(orbits.points(rank, turns)):
            radius = int((0.6 + 0.45 * width) * (1 << _SHIFT))
            cv2.circle(mask, (int(x), int(y)), radius, (255,), -1, cv2.LINE_AA, _SHIFT)
        return
    steps = max(96, count * 4)
    turns = np.arange(steps + 1) * (2 * np.pi / steps)
    points = _fixed(orbits.points(rank, turns))
    runs = [points]
    if style == "dashed":
        cuts = np.linspace(0, steps, count + 1).astype(int)
        runs = [points[a : b + 1] for a, b in zip(cuts[:-1:2], cuts[1::2], strict=True)]
    cv2.polylines(mask, runs, False, (255,), width + 2 * (style == "double"), cv2.LINE_AA, _SHIFT)
    if style == "double":
        cv2.polylines(mask, runs, False, (0,), width, cv2.LINE_AA, _SHIFT)


def _fixed(points: Points) -> NDArray[np.int32]:
    # cv2 counts from the middle of the first pixel, tile space from its corner.
    return np.round((points - 0.5) * (1 << _SHIFT)).astype(np.int32)


def _numbers(rng: Rng, mask: Mask, orbits: Orbits, face: Face) -> None:
    """Small orbit numbers, all on one ray, each on a cleared patch of its line."""
    height = between(rng, 8, 12)
    turns = np.arange(24) * (2 * np.pi / 24)
    rays = np.stack([orbits.points(rank, turns) for rank in range(1, ORBITS + 1)])
    inside = ((rays > 8) & (rays < TILE - 8)).all(2).sum(0)
    best = np.nonzero(inside == inside.max())[0]
    ray = int(best[rng.integers(len(best))])
    for rank in range(1, ORBITS + 1):
        glyph = digits.render(face, rank, height)
        x, y = (rays[rank - 1, ray] - (glyph.shape[1] / 2, glyph.shape[0] / 2)).round().astype(int)
        high, wide = glyph.shape
        if x < 1 or y < 1 or x + wide >= TILE or y + high >= TILE:
            continue
        mask[y - 1 : y + high + 1, x - 1 : x + wide + 1] = 0
        mask[y : y + high, x : x + wide] = glyph
