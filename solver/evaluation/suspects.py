"""Finds labels that are likely wrong: where a confident solver contradicts them."""

from collections.abc import Iterator
from dataclasses import dataclass

from solver.dataset import LabelledPuzzle, orbits_of
from solver.evaluation.label import answer_of, inside, target_box
from solver.solution import Planet, Solution

#: How sure the solver must be that a label is wrong before it is named.
THRESHOLD = 0.5
#: A planet this far outside a `+` (in sizes of the planet) may still be what it marks.
NEAR = 0.25


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that is likely wrong.

    `kind` is digit, target, answer or ambiguous. `confidence` is the solver's probability (0 to
    1) that what it says instead is right: an unsure solver doubts nothing, and a wrong one is
    no judge.
    """

    task: str
    image: str
    kind: str
    confidence: float
    message: str


def suspects(puzzle: LabelledPuzzle, solution: Solution) -> list[Suspect]:
    """What the solver doubts in one label, surest first."""
    doubts = [*_digit(puzzle, solution), *_targets(puzzle, solution), *_answer(puzzle, solution)]
    named = [
        Suspect(puzzle.id, puzzle.image, kind, round(float(confidence), 6), message)
        for kind, confidence, message in doubts
        if confidence >= THRESHOLD
    ]
    return sorted(named, key=lambda suspect: -suspect.confidence)


Doubt = tuple[str, float, str]


def _digit(puzzle: LabelledPuzzle, solution: Solution) -> Iterator[Doubt]:
    if puzzle.digit is None or solution.digit == puzzle.digit:
        return
    yield (
        "digit",
        solution.seen.digit_probabilities[solution.digit - 1],
        f"The digit is labelled {puzzle.digit}; the hint reads {solution.digit}.",
    )


def _targets(puzzle: LabelledPuzzle, solution: Solution) -> Iterator[Doubt]:
    """A `+` with no planet, or a poor match, inside while another planet of its tile matches."""
    for tile in range(1, len(puzzle.targets) + 1):
        box = target_box(puzzle, tile, solution.seen)
        planets = [planet for planet in solution.seen.planets if planet.tile == tile]
        best = max(planets, key=lambda planet: planet.match_probability, default=None)
        if box is None or best is None or inside(box, best.x, best.y):
            continue
        if box.contains(best.x, best.y, NEAR * best.size):
            continue
        marked = [planet for planet in planets if inside(box, planet.x, planet.y)]
        what = "another planet" if marked else "no planet"
        at = f"({best.x:.0f}, {best.y:.0f})"
        message = f"The + of tile {tile} marks {what}; the icon asked for is at {at}."
        yield "target", _doubt(best, marked), message


def _doubt(best: Planet, marked: list[Planet]) -> float:
    rival = max((planet.match_probability for planet in marked), default=0.0)
    return best.match_probability * (1 - rival)


def _answer(puzzle: LabelledPuzzle, solution: Solution) -> Iterator[Doubt]:
    answer = answer_of(puzzle, solution.seen)
    if answer is not None and answer != solution.tile:
        named = "named" if puzzle.answer else "derived"
        message = f"The answer {named} by the label is tile {answer}; it should be {solution.tile}."
        yield "answer", solution.confidence, message
    elif answer is None and puzzle.digit is not None and any(puzzle.targets):
        yield "ambiguous", solution.confidence, _ambiguous(puzzle, solution)


def _ambiguous(puzzle: LabelledPuzzle, solution: Solution) -> str:
    seen = solution.seen
    orbits = orbits_of(puzzle, seen.centre, seen.orbits, seen.size, seen.ellipse)
    shown = ", ".join("none" if orbit is None else str(orbit) for orbit in orbits)
    return (
        f"The digit is {puzzle.digit} and the + stand on orbits {shown}: not one tile answers; "
        f"tile {solution.tile} should."
    )
