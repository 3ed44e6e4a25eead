"""Where everything stands in an explanation: an answer, five tiles, and the stages below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from solver.explain import cards
from solver.explain.colours import ASKED, CHOSEN, GROUND, INK, QUIET, TRUTH, WRONG
from solver.explain.shapes import Drawing, Rectangle, Shape, Words
from solver.explain.tiles import tile
from solver.explain.truth import Truth
from solver.layout import resize
from solver.picture import Picture
from solver.solution import TILES, Box, Solution

#: Size of the drawing, its margin and the gap between its parts.
WIDTH, HEIGHT, MARGIN, GAP = 2000, 966, 40.0, 16.0
#: Where tiles and cards begin, and how high the cards are.
TILES_TOP, CARDS_TOP, CARDS_HEIGHT = 128.0, 588.0, 338.0
#: Widths of the cards; with the gaps they take the width between the margins.
CARDS = (384.0, 268.0, 258.0, 212.0, 450.0, 268.0)


@dataclass(frozen=True, slots=True)
class About:
    """What is written over an explanation: the picture's name and the model's."""

    image: str
    model: str


def explained(
    picture: Picture, solution: Solution, about: About, truth: Truth | None = None
) -> Drawing:
    """Draw what every stage saw of a picture.

    Args:
        picture: (H, W, 3) uint8 RGB, the input as decoded.
        solution: its answer, in pixels of that picture.
        about: names to write over it.
        truth: what its label says, if it has one.
    """
    side = (WIDTH - 2 * MARGIN - GAP * (TILES - 1)) / TILES
    width = round(side * TILES)
    large = resize(picture, width, round(picture.shape[0] * width / picture.shape[1]))
    shapes = (
        *_head(solution, about, truth),
        *_tiles(large, solution, truth, side),
        *_cards(large, solution),
    )
    title = f"{about.image}: tile {solution.tile}, orbit {solution.digit}"
    return Drawing(WIDTH, HEIGHT, GROUND, title, shapes)


def _head(solution: Solution, about: About, truth: Truth | None) -> Iterator[Shape]:
    words = f"Tile {solution.tile}: the icon stands on orbit {solution.digit}"
    yield Words(MARGIN, 62, words, 38, INK)
    names = f"{_short(about.image)}   ·   {about.model}"
    yield Words(MARGIN, 98, names, 18, QUIET)
    sure = f"confidence {solution.confidence:.1%}, runner-up tile {solution.seen.runner_up}"
    yield Words(WIDTH - MARGIN, 98, sure, 18, QUIET, "end")
    if truth is not None:
        colour = CHOSEN if truth.outcome.correct else WRONG if truth.outcome.scored else ASKED
        yield Words(WIDTH - MARGIN, 62, truth.words(), 24, colour, "end")
        yield Rectangle(WIDTH / 2 - 78, 86, 13, 13, stroke=TRUTH, thickness=2.5)
        yield Words(WIDTH / 2 - 56, 98, "labelled +", 18, QUIET)


def _short(name: str, most: int = 70) -> str:
    return name if len(name) <= most else f"…{name[1 - most :]}"


def _tiles(large: Picture, solution: Solution, truth: Truth | None, side: float) -> Iterator[Shape]:
    for number in range(1, TILES + 1):
        at = Box(MARGIN + (side + GAP) * (number - 1), TILES_TOP, side, side)
        yield from tile(large, number, solution, truth, at)


def _cards(large: Picture, solution: Solution) -> Iterator[Shape]:
    places, left = [], MARGIN
    for width in CARDS:
        places.append(Box(left, CARDS_TOP, width, CARDS_HEIGHT))
        left += width + GAP
    seen = solution.seen
    yield from cards.hint(places[0], large, solution)
    yield from cards.bars(places[1], "2  Digit", seen.digit_probabilities, solution.digit, ASKED)
    yield from cards.geometry(places[2], solution)
    yield from cards.planets(places[3], solution)
    yield from cards.match(places[4], large, solution)
    tiles = seen.tile_probabilities
    yield from cards.bars(places[5], "6  Decision: tile", tiles, solution.tile, CHOSEN)
