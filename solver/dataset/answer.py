"""Derives the answer of a label that names none, from where its `+` stand."""

import math
from collections.abc import Sequence

from solver.dataset.labels import LabelledPuzzle
from solver.solution import TILE, TILES, Box, Point


def orbit_of(
    point: Point,
    centre: Point,
    radii: Sequence[float],
    ellipse: tuple[float, float] = (1.0, 0.0),
) -> int | None:
    """The orbit (from 1) nearest to a point, None beyond half a spacing from the outermost ones.

    `point` and `centre` are (x, y) and `radii` ascend, all in the same pixels; `ellipse` is the
    ratio of the short to the long axis and the long one's angle from x towards y, in radians.
    """
    ratio, angle = ellipse
    x, y = point[0] - centre[0], point[1] - centre[1]
    cos, sin = math.cos(angle), math.sin(angle)
    distance = math.hypot(x * cos + y * sin, (y * cos - x * sin) / ratio)
    if distance < radii[0] - (radii[1] - radii[0]) / 2:
        return None
    if distance > radii[-1] + (radii[-1] - radii[-2]) / 2:
        return None
    gaps = [abs(distance - radius) for radius in radii]
    return 1 + gaps.index(min(gaps))


def orbits_of(
    puzzle: LabelledPuzzle,
    centre: Point,
    radii: Sequence[float],
    size: tuple[float, float] = (TILE * TILES, TILE * 2),
    ellipse: tuple[float, float] = (1.0, 0.0),
) -> tuple[int | None, ...]:
    """The orbit that each tile's `+` stands on, None where there is none.

    `size` is the picture's (width, height); `centre` (x, y, within a tile) and `radii` are in
    its pixels.
    """
    side = size[0] / TILES

    def orbit(tile: int, target: Box | None) -> int | None:
        if target is None:
            return None
        x, y = target.scaled(*size).centre
        return orbit_of((x - tile * side, y), centre, radii, ellipse)

    return tuple(orbit(tile, target) for tile, target in enumerate(puzzle.targets))


def derive_answer(
    puzzle: LabelledPuzzle,
    centre: Point,
    radii: Sequence[float],
    size: tuple[float, float] = (TILE * TILES, TILE * 2),
    ellipse: tuple[float, float] = (1.0, 0.0),
) -> int | None:
    """The one tile (from 1) whose `+` stands on the orbit that the digit names.

    None when there is no such tile, or several, or no digit: the label is ambiguous. The
    arguments are those of `orbits_of`.
    """
    if puzzle.digit is None:
        return None
    orbits = orbits_of(puzzle, centre, radii, size, ellipse)
    tiles = [tile for tile, orbit in enumerate(orbits, 1) if orbit == puzzle.digit]
    return tiles[0] if len(tiles) == 1 else None
