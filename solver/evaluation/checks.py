"""Holds each label of a puzzle against what the solver believes, without a verdict yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from solver.dataset import LabelledPuzzle, orbits_of
from solver.evaluation.belief import Belief, Given, belief
from solver.evaluation.label import answer_of, inside, target_box
from solver.solution import TILES, Box, Json, Planet, Seen, Solution

Kind: TypeAlias = Literal["digit", "target", "answer", "ambiguous"]

#: A planet this far outside a `+` (in sizes of the planet) may still be what it marks.
NEAR = 0.25
#: Size of a planet over the longer side of its `+`, where no other `+` of the puzzle tells it; the
#: median over 300 tiles of generated puzzles.
USUAL = 0.6


@dataclass(frozen=True, slots=True)
class Check:
    """One label of a puzzle, and the best alternative to it.

    `given` and `proposed` name the classes of both: a digit, a tile, or + for the place of an icon;
    `given` is None where there is no label. `self_confidence` is the probability of the given
    label, `confidence` that of the proposed one. `implied` labels follow from others, so that an
    error of those explains one here. `correction` is what would put the proposal into the labels.
    """

    task: str
    image: str
    kind: Kind
    tile: int | None
    given: str | None
    proposed: str
    self_confidence: float
    confidence: float
    message: str
    correction: Json
    implied: bool = False


def checks(puzzle: LabelledPuzzle, solution: Solution) -> list[Check]:
    """Every label of a puzzle: its digit, the `+` of each tile and its answer."""
    seen = solution.seen
    believed = belief(seen, Given(puzzle.digit, _marked(puzzle, seen)))
    # An answer that only follows from the other labels must not be believed because of them.
    answering = believed if puzzle.answer is not None else belief(seen)
    held = [
        _digit(puzzle, believed, seen),
        *_targets(puzzle, believed, seen),
        _answer(puzzle, answering, seen),
    ]
    return [_as_sure_as(solution.confidence, one) for one in held]


def _as_sure_as(confidence: float, one: Check) -> Check:
    """A check by a solver that is only so sure of the whole puzzle.

    A net that is wrong is often sure of itself; the calibrated confidence also weighs whether what
    was read makes one answer.
    """
    return replace(
        one,
        self_confidence=confidence * one.self_confidence,
        confidence=confidence * one.confidence,
    )


def _marked(puzzle: LabelledPuzzle, seen: Seen) -> tuple[list[bool], ...]:
    """Which planets of each tile its `+` marks, in the order of `Belief.planets`."""
    return tuple(
        [box is not None and _marks(box, planet) for planet in seen.planets if planet.tile == tile]
        for tile in range(1, TILES + 1)
        for box in [target_box(puzzle, tile, seen)]
    )


def _digit(puzzle: LabelledPuzzle, believed: Belief, seen: Seen) -> Check:
    given, best = _against(believed.digit, puzzle.digit)
    what = f"labelled {puzzle.digit}" if puzzle.digit else "not labelled"
    correction: Json = {"digit": best}
    if puzzle.digit is None and seen.digit_box is not None:
        correction["digit_box"] = per_cent(seen.digit_box, seen.size)
    return Check(
        puzzle.id,
        puzzle.image,
        "digit",
        None,
        str(puzzle.digit) if puzzle.digit else None,
        str(best),
        given,
        float(believed.digit[best - 1]),
        f"The digit is {what}; the hint reads {best}.",
        correction,
    )


def _against(probabilities: Sequence[float] | np.ndarray, given: int | None) -> tuple[float, int]:
    """The probability of a given class (from 1), and the most probable one besides."""
    others = [
        (float(probability), number)
        for number, probability in enumerate(probabilities, 1)
        if number != given
    ]
    return float(probabilities[given - 1]) if given else 0.0, max(others)[1]


def _targets(puzzle: LabelledPuzzle, believed: Belief, seen: Seen) -> Iterator[Check]:
    """A `+` against the likeliest planet that it does not mark; none where no other is seen."""
    usual = _usual(puzzle, believed, seen)
    for tile in range(1, TILES + 1):
        box = target_box(puzzle, tile, seen)
        planets, icons = believed.planets[tile - 1], believed.icons[tile - 1]
        marked = [box is not None and _marks(box, planet) for planet in planets]
        others = [k for k, held in enumerate(marked) if not held]
        if not others:
            continue
        best = max(others, key=lambda k: float(icons[k]))
        given = float(icons[np.array(marked)].sum()) if any(marked) else 1 - float(icons.sum())
        planet = planets[best]
        yield Check(
            puzzle.id,
            puzzle.image,
            "target",
            tile,
            "+" if box is not None else None,
            "+",
            max(given, 0.0) if box is not None else 0.0,
            float(icons[best]),
            _misplaced(tile, planet, box, any(marked)),
            {"targets": {str(tile): per_cent(_around(planet, usual, seen), seen.size)}},
        )


def _marks(box: Box, planet: Planet) -> bool:
    return inside(box, planet.x, planet.y) or box.contains(planet.x, planet.y, NEAR * planet.size)


def _misplaced(tile: int, planet: Planet, box: Box | None, marked: bool) -> str:
    at = f"({planet.x:.0f}, {planet.y:.0f})"
    if box is None:
        return f"Tile {tile} has no + that can be used; the icon asked for is at {at}."
    what = "another planet" if marked else "no planet"
    return f"The + of tile {tile} marks {what}; the icon asked for is at {at}."


def _usual(puzzle: LabelledPuzzle, believed: Belief, seen: Seen) -> float:
    """The longer side of a `+` over the size of its planet, in this puzzle."""
    ratios = [
        max(box.width, box.height) / planet.size
        for tile, planets in enumerate(believed.planets, 1)
        if (box := target_box(puzzle, tile, seen)) is not None
        for planet in planets
        if inside(box, planet.x, planet.y)
    ]
    return float(np.median(ratios)) if ratios else 1 / USUAL


def _around(planet: Planet, usual: float, seen: Seen) -> Box:
    """A `+` box around a planet, cut to its tile, in pixels of the picture."""
    side, width = seen.size[0] / TILES, usual * planet.size
    left = max(planet.x - width / 2, side * (planet.tile - 1))
    top = max(planet.y - width / 2, 0.0)
    right = min(planet.x + width / 2, side * planet.tile)
    return Box(left, top, right - left, min(planet.y + width / 2, side) - top)


def per_cent(box: Box, size: tuple[int, int]) -> Json:
    """A box in pixels as labels write it: per cent of the picture's sides."""
    scaled = box.scaled(100 / size[0], 100 / size[1])
    names = ("x", "y", "width", "height")
    return {name: round(float(getattr(scaled, name)), 4) for name in names}


def _answer(puzzle: LabelledPuzzle, believed: Belief, seen: Seen) -> Check:
    """The answer that the label names, or that its digit and `+` imply."""
    answer = answer_of(puzzle, seen)
    given, best = _against(believed.answer, answer)
    return Check(
        puzzle.id,
        puzzle.image,
        "answer" if answer else "ambiguous",
        answer,
        str(answer) if answer else None,
        str(best),
        given,
        float(believed.answer[best - 1]),
        _other_answer(puzzle, seen, answer, best),
        {"answer": best},
        implied=puzzle.answer is None,
    )


def _other_answer(puzzle: LabelledPuzzle, seen: Seen, answer: int | None, best: int) -> str:
    if answer is not None:
        named = "named" if puzzle.answer else "derived"
        return f"The answer {named} by the label is tile {answer}; it should be {best}."
    orbits = orbits_of(puzzle, seen.centre, seen.orbits, seen.size, seen.ellipse)
    shown = ", ".join("none" if orbit is None else str(orbit) for orbit in orbits)
    return (
        f"The digit is {puzzle.digit} and the + stand on orbits {shown}: not one tile answers; "
        f"tile {best} should."
    )
