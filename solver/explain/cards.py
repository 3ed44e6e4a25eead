"""The stages of an explanation, a card each, with their numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from solver.explain.colours import ASKED, CARD, CHOSEN, INK, QUIET, SECOND, TRACK
from solver.explain.shapes import Clipped, Photo, Rectangle, Shape, Words
from solver.patches import best, patches
from solver.picture import Picture
from solver.solution import TILES, Box, Planet, Solution

#: Room between a card's edge and what is in it, and height of its title.
PAD, TITLE = 20.0, 58.0
#: Pixels of a crop's side.
PATCH = 200


def card(at: Box, title: str) -> Iterator[Shape]:
    """An empty card."""
    yield Rectangle(at.x, at.y, at.width, at.height, fill=CARD, radius=12)
    yield Words(at.x + PAD, at.y + 36, title, 19, INK)


def bars(at: Box, title: str, values: Sequence[float], marked: int, colour: str) -> Iterator[Shape]:
    """Probabilities, a bar each; the marked one, counted from 1, has a colour."""
    yield from card(at, title)
    left, room = at.x + PAD, at.width - 2 * PAD
    step = (at.height - TITLE - PAD + 8) / len(values)
    for number, value in enumerate(values, start=1):
        y = at.y + TITLE + step * (number - 1)
        paint = colour if number == marked else QUIET
        yield Words(left, y + 17, f"{number}", 18, paint)
        track = room - 96
        yield Rectangle(left + 24, y + 1, track, 20, fill=TRACK, radius=5)
        if value >= 0.01:
            yield Rectangle(left + 24, y + 1, max(8.0, track * value), 20, fill=paint, radius=5)
        yield Words(at.x + at.width - PAD, y + 17, f"{value:.3f}", 18, paint, "end")


def hint(at: Box, large: Picture, solution: Solution) -> Iterator[Shape]:
    """The hint with the boxes of its digit and its icon."""
    width, height = solution.seen.size
    yield from card(at, f"1  Layout and hint: {width} x {height} px")
    side = at.height - TITLE - PAD
    tile = large.shape[1] // TILES
    below = np.ascontiguousarray(large[tile : 2 * tile, :tile])
    scale = side / tile
    by = large.shape[1] / width * scale
    boxes = ((solution.seen.digit_box, ASKED, "digit"), (solution.seen.icon_box, CHOSEN, "icon"))
    marks = [mark for box, colour, _ in boxes if box for mark in _marked(box, colour, by, side)]
    photo = Photo(below, 0, 0, tile * scale, below.shape[0] * scale, "hint")
    yield Clipped(at.x + PAD, at.y + TITLE, side, side, (photo, *marks))
    for row, (box, colour, name) in enumerate(boxes):
        y = at.y + TITLE + 16 + 76 * row
        yield Words(at.x + PAD + side + 16, y, name, 17, colour)
        size = "not found" if box is None else f"{box.width:.0f} x {box.height:.0f} px"
        yield Words(at.x + PAD + side + 16, y + 24, size, 14, QUIET)


def _marked(box: Box, colour: str, by: float, side: float) -> Iterator[Shape]:
    place = (box.x * by - 3, box.y * by - side - 3, box.width * by + 6, box.height * by + 6)
    yield Rectangle(*place, stroke=colour, thickness=2.5)


def geometry(at: Box, solution: Solution) -> Iterator[Shape]:
    """Centre and orbits in pixels of the picture."""
    seen = solution.seen
    ratio, turn = seen.ellipse
    rows = [("centre", "{:.1f}, {:.1f}".format(*seen.centre), QUIET)]
    for rank, radius in enumerate(seen.orbits, start=1):
        rows.append(
            (f"orbit {rank}", f"{radius:.1f} px", ASKED if rank == solution.digit else QUIET)
        )
    round_ = ratio > 0.995
    rows.append(
        ("shape", "round" if round_ else f"{ratio:.2f} at {math.degrees(turn):.0f}°", QUIET)
    )
    yield from _rows(at, "3  Centre and orbits", rows)


def planets(at: Box, solution: Solution) -> Iterator[Shape]:
    """How many planets each tile has, and how sure the finder is of them."""
    found = solution.seen.planets
    counts = Counter(planet.tile for planet in found)
    rows = [
        (f"tile {number}", f"{counts[number]}", CHOSEN if number == solution.tile else QUIET)
        for number in range(1, TILES + 1)
    ]
    scores = [planet.score for planet in found]
    rows.append(("least score", f"{min(scores):.2f}" if scores else "–", QUIET))
    rows.append(("mean score", f"{sum(scores) / len(scores):.2f}" if scores else "–", QUIET))
    yield from _rows(at, "4  Planets", rows)


def _rows(at: Box, title: str, rows: Sequence[tuple[str, str, str]]) -> Iterator[Shape]:
    yield from card(at, title)
    step = (at.height - TITLE - PAD + 8) / len(rows)
    for number, (name, value, colour) in enumerate(rows):
        y = at.y + TITLE + 16 + step * number
        yield Words(at.x + PAD, y, name, 17, colour)
        yield Words(at.x + at.width - PAD, y, value, 17, INK if colour == QUIET else colour, "end")


def match(at: Box, large: Picture, solution: Solution) -> Iterator[Shape]:
    """The icon asked for beside the answer's and the runner-up's."""
    yield from card(at, "5  Match")
    asked, first, other = patches(large, solution, PATCH)
    shown = [
        ("asked for", asked, INK, None),
        ("answer", first, CHOSEN, best(solution.tile, solution)),
        ("runner-up", other, SECOND, best(solution.seen.runner_up, solution)),
    ]
    side = (at.width - 4 * PAD) / 3
    for number, (name, pixels, colour, planet) in enumerate(shown):
        x, y = at.x + PAD + (side + PAD) * number, at.y + TITLE
        if pixels is not None:
            yield Photo(pixels, x, y, side, side, name)
            yield Rectangle(x, y, side, side, stroke=colour, thickness=2.5, radius=3)
        yield Words(x, y + side + 26, name, 17, colour)
        if planet is not None:
            yield from _numbers(planet, x, y + side + 54, side)


def _numbers(planet: Planet, x: float, y: float, width: float) -> Iterator[Shape]:
    told = (
        ("likeness", f"{planet.similarity:.2f}"),
        ("match", f"{planet.match_probability:.2f}"),
        (f"orbit {planet.rank}", f"{planet.rank_probability:.0%}"),
    )
    for row, (name, value) in enumerate(told):
        yield Words(x, y + 24 * row, name, 15, QUIET)
        yield Words(x + width, y + 24 * row, value, 15, INK, "end")
