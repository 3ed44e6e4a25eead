"""Hints that training never draws: other papers, frames, captions and digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from solver.generate import digits, glyphs, icons, stamps
from solver.generate.arrays import Canvas, Mask
from solver.generate.assets import Face
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import BLACK, WHITE, Colour, Scheme, blend, opposite
from solver.generate.hint import Spot, arranged, shrunk
from solver.generate.icons import REACH, Icon
from solver.generate.levels import Level
from solver.generate.truth import TILE, TILES, Box
from solver.generate.unseen import numerals


@dataclass(frozen=True, slots=True)
class Paper:
    """What the hint is written on: the free part of it in px of the row, and the two inks.

    `ways`: how digit and icon may stand to each other.
    """

    left: int
    top: int
    width: int
    height: int
    inks: tuple[Colour, Colour]
    ways: tuple[str, ...] = ("left", "right", "above", "below", "diagonal")


#: Paints the paper onto the row and tells where on it to write.
LayPaper: TypeAlias = Callable[[Rng, Canvas, Scheme, Face], Paper]


def paint(
    rng: Rng, level: Level, scheme: Scheme, icon: Icon, digit: int, face: Face
) -> tuple[Canvas, Box, Box, dict[str, str]]:
    """Paint the bottom row; see `solver.generate.hint.paint`."""
    kind, look = pick(rng, tuple(PAPERS)), pick(rng, tuple(numerals.KINDS))
    row, boxes, way = write(rng, scheme, icon, digit, face, PAPERS[kind], numerals.KINDS[look])
    shown = {"hint": kind, "digit": way, "numeral": look, "frame": "none"}
    return row, *boxes, shown


def write(
    rng: Rng,
    scheme: Scheme,
    icon: Icon,
    digit: int,
    face: Face,
    lay_paper: LayPaper,
    numeral: numerals.Numeral,
) -> tuple[Canvas, tuple[Box, Box], str]:
    """Write a hint on a paper: the bottom row, the digit's and the icon's box, how they stand."""
    row = np.empty((TILE, TILES * TILE, 3), np.float32)
    row[:] = pick(rng, (BLACK, WHITE, (between(rng, 0, 255),) * 3, scheme.ground[1]))
    paper = lay_paper(rng, row, scheme, face)
    least = 60 if digits.thin(face, digit) else 40
    number, ink = numeral(rng, digits.render(face, digit, between(rng, least, 84)), digit)
    drawn = glyphs.cropped(icons.render(icon, between(rng, 44, 92) / (2 * REACH)))
    way = pick(rng, paper.ways)
    place = _diagonal if way == "diagonal" else arranged
    fitted, drawn, spots = place(rng, number, drawn, way, paper.width, paper.height)
    for mask, (x, y), colour in zip((fitted, drawn), spots, paper.inks, strict=True):
        left, top = int(paper.left + x), int(paper.top + y)
        stamps.lay(row, mask.astype(np.float32) / 255, colour, left, top)
    origin = (paper.left, paper.top + TILE)
    fit = (fitted.shape[1] / number.shape[1], fitted.shape[0] / number.shape[0])
    inked = (ink[0] * fit[0], ink[1] * fit[1], ink[2] * fit[0], ink[3] * fit[1])
    whole = (0.0, 0.0, float(drawn.shape[1]), float(drawn.shape[0]))
    return row, (_box(origin, spots[0], inked), _box(origin, spots[1], whole)), way


def _box(origin: tuple[int, int], spot: Spot, ink: numerals.Ink) -> Box:
    x, y, wide, high = ink
    left, top = round(origin[0] + spot[0] + x, 3), round(origin[1] + spot[1] + y, 3)
    return Box(left, top, round(wide, 3), round(high, 3))


def _diagonal(
    rng: Rng, number: Mask, drawn: Mask, way: str, width: int, height: int
) -> tuple[Mask, Mask, tuple[Spot, Spot]]:
    """The digit in one corner and the icon in the opposite one."""
    room_x, room_y = width // 2 - 8, height // 2 - 8
    masks = [
        shrunk(mask, min(1.0, room_x / mask.shape[1], room_y / mask.shape[0]))
        for mask in (number, drawn)
    ]
    spots = []
    for place, mask in enumerate(masks):
        x = 4 + place * width // 2 + int(rng.integers(max(room_x - mask.shape[1], 0) + 1))
        y = 4 + place * height // 2 + int(rng.integers(max(room_y - mask.shape[0], 0) + 1))
        spots.append((x, y))
    return masks[0], masks[1], (spots[0], spots[1])


def _polar(rng: Rng) -> tuple[Colour, Colour]:
    """Paper and ink: black and white, either way round."""
    return (BLACK, WHITE) if maybe(rng, 0.5) else (WHITE, BLACK)


def _grey(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> Paper:
    """Grey paper."""
    paper: Colour = (pick(rng, (between(rng, 40, 90), between(rng, 165, 215))),) * 3
    row[:, :TILE] = paper
    return Paper(0, 0, TILE, TILE, (opposite(paper),) * 2)


def _margin(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> Paper:
    """A smaller sheet on a margin of the puzzle's colour."""
    paper, ink = _polar(rng)
    row[:, :TILE] = blend(scheme.ground[0], ink, 0.25)
    left, top, right, bottom = (int(v) for v in rng.integers(6, 24, 4))
    row[top : TILE - bottom, left : TILE - right] = paper
    return Paper(left, top, TILE - left - right, TILE - top - bottom, (ink, ink))


def _narrow(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> Paper:
    """A strip much narrower than a tile."""
    paper, ink = _polar(rng)
    width = int(rng.integers(100, 135))
    row[:, :width] = paper
    return Paper(0, 0, width, TILE, (ink, ink), ("above", "below"))


def _wide(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> Paper:
    """A sheet wider than a tile; digit and icon keep to its first 200 px."""
    paper, ink = _polar(rng)
    row[:, : int(rng.integers(TILE + 10, 2 * TILE))] = paper
    return Paper(0, 0, TILE, TILE, (ink, ink))


def _halves(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> Paper:
    """One half black on white, the other white on black."""
    first, second = _polar(rng)
    row[:, : TILE // 2], row[:, TILE // 2 : TILE] = first, second
    return Paper(0, 0, TILE, TILE, (second, first), ("diagonal",))


def _ruled(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> Paper:
    """Thin frames, one inside the other."""
    paper, ink = _polar(rng)
    row[:, :TILE] = paper
    line, gap = blend(paper, ink, between(rng, 0.5, 1.0)), int(rng.integers(3, 7))
    for inset in (gap, 2 * gap + 1):
        cv2.rectangle(row, (inset, inset), (TILE - 1 - inset, TILE - 1 - inset), line, 1)
    edge = 2 * gap + 3
    return Paper(edge, edge, TILE - 2 * edge, TILE - 2 * edge, (ink, ink))


def _captioned(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> Paper:
    """A small line of words above or below."""
    paper, ink = _polar(rng)
    row[:, :TILE] = paper
    words = pick(rng, ("WHICH SYSTEM?", "find this one", "Orbit and icon", "look for"))
    drawn = digits.words(face, words, between(rng, 10, 14))
    drawn = shrunk(drawn, min(1.0, (TILE - 16) / drawn.shape[1]))
    above = maybe(rng, 0.5)
    top = 6 if above else TILE - 6 - drawn.shape[0]
    left = (TILE - drawn.shape[1]) // 2
    stamps.lay(row, drawn.astype(np.float32) / 255, ink, left, top)
    room = drawn.shape[0] + 10
    return Paper(0, room if above else 0, TILE, TILE - room, (ink, ink))


def _shaded(rng: Rng, row: Canvas, scheme: Scheme, face: Face) -> Paper:
    """Paper that darkens towards one side, as in a photograph of it."""
    paper, ink = _polar(rng)
    part = np.linspace(0, between(rng, 0.2, 0.4), TILE, dtype=np.float32)
    part = part if maybe(rng, 0.5) else part[::-1]
    row[:, :TILE] = (np.array(paper) + (np.array(ink) - np.array(paper)) * part[:, None])[None]
    return Paper(0, 0, TILE, TILE, (ink, ink))


PAPERS: Mapping[str, LayPaper] = {
    "grey": _grey,
    "margin": _margin,
    "narrow": _narrow,
    "wide": _wide,
    "halves": _halves,
    "ruled": _ruled,
    "captioned": _captioned,
    "shaded": _shaded,
}
