"""The five tiles of an explanation, with what was found in them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from solver.explain.colours import (
    ASKED,
    CHOSEN,
    DOUBTED,
    EDGE,
    INK,
    ORBIT,
    PLANET,
    QUIET,
    SECOND,
    SHADOW,
    TRUTH,
)
from solver.explain.shapes import Clipped, Oval, Photo, Rectangle, Shape, Words
from solver.explain.truth import Truth
from solver.patches import best
from solver.picture import Picture
from solver.solution import Box, Planet, Solution

#: Planets with a lower score are drawn paler.
DOUBT = 0.4
#: Planets that are likelier than this to be the icon show how likely.
SHOWN = 0.02


def tile(
    large: Picture, number: int, solution: Solution, truth: Truth | None, at: Box
) -> Iterator[Shape]:
    """One tile at a place of the drawing, and its numbers below it.

    `large` is the whole picture, so large that its tiles are as wide as the place.
    """
    side = at.width
    start = round(side * (number - 1))
    pixels = np.ascontiguousarray(large[: round(side), start : start + round(side)])
    scale = large.shape[1] / solution.seen.size[0]
    inner = (
        Photo(pixels, 0, 0, side, side, f"tile {number}"),
        *_orbits(solution, scale),
        *_planets(number, solution, scale, side),
        *_labelled(truth, number, scale, side),
    )
    yield Clipped(at.x, at.y, side, side, inner)
    colour = mark(number, solution)
    stroke, thickness = (colour, 5) if colour else (EDGE, 1)
    yield Rectangle(at.x, at.y, side, side, stroke=stroke, thickness=thickness, radius=2)
    yield from _caption(number, solution, at)


def mark(number: int, solution: Solution) -> str | None:
    """The colour of the answer and of the runner-up; None for other tiles."""
    if number == solution.tile:
        return CHOSEN
    return SECOND if number == solution.seen.runner_up else None


def _orbits(solution: Solution, scale: float) -> Iterator[Shape]:
    seen = solution.seen
    x, y = seen.centre[0] * scale, seen.centre[1] * scale
    ratio, turn = seen.ellipse
    for rank, radius in enumerate(seen.orbits, start=1):
        asked = rank == solution.digit
        lines = ((SHADOW, 5.0), (ASKED, 3.0)) if asked else ((SHADOW, 2.6), (ORBIT, 1.2))
        for colour, thickness in lines:
            across = radius * scale
            yield Oval(x, y, across, across * ratio, colour, thickness, turn)
    for colour, wide in ((SHADOW, 4.0), (ASKED, 2.0)):
        yield Oval(x, y, 7, 7, colour, wide)


def _planets(number: int, solution: Solution, scale: float, side: float) -> Iterator[Shape]:
    chosen = best(number, solution)
    for planet in solution.seen.planets:
        if planet.tile == number:
            other = DOUBTED if planet.score < DOUBT else PLANET
            colour = (mark(number, solution) or INK) if planet is chosen else other
            yield from _planet(planet, colour, scale, side, named=planet is chosen)


def _planet(
    planet: Planet, colour: str, scale: float, side: float, *, named: bool
) -> Iterator[Shape]:
    x, y = planet.x * scale - side * (planet.tile - 1), planet.y * scale
    reach = 0.62 * planet.size * scale
    thickness = 4.0 if named else 1.5
    yield Oval(x, y, reach, reach, SHADOW, thickness + 2)
    yield Oval(x, y, reach, reach, colour, thickness)
    low = min(side - 5, y + reach + 4)
    yield Words(x + 0.74 * reach, low, f"{planet.rank}", 14, colour, halo=SHADOW)
    if named or planet.match_probability >= SHOWN:
        high = max(15, y - reach - 7)
        yield Words(x, high, f"{planet.match_probability:.2f}", 14, colour, "middle", SHADOW)


def _labelled(truth: Truth | None, number: int, scale: float, side: float) -> Iterator[Shape]:
    for box in truth.targets if truth else ():
        if int(box.centre[0] * scale / side) == number - 1:
            place = (box.x * scale - side * (number - 1), box.y * scale)
            yield Rectangle(
                *place, box.width * scale, box.height * scale, stroke=SHADOW, thickness=4.5
            )
            yield Rectangle(
                *place, box.width * scale, box.height * scale, stroke=TRUTH, thickness=2.5
            )


def _caption(number: int, solution: Solution, at: Box) -> Iterator[Shape]:
    colour = mark(number, solution) or INK
    share = solution.seen.tile_probabilities[number - 1]
    line = at.y + at.width + 32
    yield Words(at.x, line, f"Tile {number}", 22, colour)
    yield Words(at.x + at.width, line, f"{share:.1%}", 22, colour, "end")
    planet = best(number, solution)
    told = "nothing found" if planet is None else _said(planet)
    yield Words(at.x, line + 24, told, 15, QUIET)


def _said(planet: Planet) -> str:
    return (
        f"match {planet.match_probability:.2f}, likeness {planet.similarity:.2f}, "
        f"orbit {planet.rank} ({planet.rank_probability:.0%})"
    )
