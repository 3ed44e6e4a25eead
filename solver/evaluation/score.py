"""Holds one answer against one label."""

from collections.abc import Iterator
from dataclasses import replace

from solver.dataset import LabelledPuzzle
from solver.evaluation.attribution import LAYOUT, Examine, attributed
from solver.evaluation.label import answer_of, inside, target_box
from solver.evaluation.outcome import Outcome
from solver.solution import Box, Failure, Planet, Seen, Solution


def score(puzzle: LabelledPuzzle, outcome: Solution | Failure, examine: Examine) -> Outcome:
    """How a puzzle went, whatever its label lacks.

    The answer is correct when its point lies in the `+` box of the answer tile, edges included,
    in pixels of the picture and as `record` rounds it. A failure is scored as wrong, unless the
    label could not have told right from wrong. `examine` runs the picture's stages again with
    something known; a wrong answer is charged to a stage by it, and nothing else asks it.
    """
    if isinstance(outcome, Failure):
        return failed(puzzle, outcome)
    answer = answer_of(puzzle, outcome.seen)
    box = target_box(puzzle, answer, outcome.seen)
    label = _label(puzzle, answer, decided=box is not None)
    scored = _matched(puzzle, outcome.seen, _answered(puzzle, outcome, label, box))
    return attributed(puzzle, scored, outcome, examine) if scored.correct is False else scored


def failed(puzzle: LabelledPuzzle, failure: Failure) -> Outcome:
    """How a puzzle went that has no answer: wrong, where its label can tell, and lost to layout."""
    if puzzle.answer is not None:
        decided = puzzle.targets[puzzle.answer - 1] is not None
    else:
        decided = puzzle.digit is not None and any(puzzle.targets)
    label = _label(puzzle, puzzle.answer, decided=decided)
    return replace(
        label,
        failed=True,
        error=failure.code,
        correct=False if decided else None,
        digit_correct=None if puzzle.digit is None else False,
        tile_correct=None if puzzle.answer is None else False,
        lost_to=LAYOUT if decided else None,
        regained=(LAYOUT,) if decided else (),
    )


def _label(puzzle: LabelledPuzzle, answer: int | None, *, decided: bool) -> Outcome:
    return Outcome(
        task=puzzle.id,
        image=puzzle.image,
        split=puzzle.split,
        groups=puzzle.groups,
        answer=answer,
        derived=puzzle.answer is None and answer is not None,
        scored=decided,
        ambiguous=not decided,
        digit=puzzle.digit,
        targets=sum(target is not None for target in puzzle.targets),
    )


def _answered(
    puzzle: LabelledPuzzle, solution: Solution, label: Outcome, box: Box | None
) -> Outcome:
    point = (round(float(solution.point[0]), 2), round(float(solution.point[1]), 2))
    correct = inside(box, *point) if box else None
    return replace(
        label,
        box=(box.x, box.y, box.width, box.height) if box else None,
        correct=correct,
        tile=solution.tile,
        tile_correct=None if label.answer is None else solution.tile == label.answer,
        digit_read=solution.digit,
        digit_correct=None if puzzle.digit is None else solution.digit == puzzle.digit,
        orbit_read=_orbit(box, solution.seen) if box else None,
        confidence=round(float(solution.confidence), 6),
        point=point,
        size=solution.seen.size,
        planets=len(solution.seen.planets),
    )


def _orbit(box: Box, seen: Seen) -> int | None:
    """The orbit on which the most similar planet of a `+` was seen."""
    held = [planet for planet in seen.planets if inside(box, planet.x, planet.y)]
    best = max(held, key=_similarity, default=None)
    return None if best is None else int(best.rank)


def _matched(puzzle: LabelledPuzzle, seen: Seen, outcome: Outcome) -> Outcome:
    tiles = [(on, off) for on, off in _sorted_planets(puzzle, seen)]
    found = [(on, off) for on, off in tiles if on]
    return replace(
        outcome,
        found=len(found),
        top=sum(max(on) > max(off, default=-1e9) for on, off in found),
        positives=tuple(value for on, _ in tiles for value in on),
        negatives=tuple(value for _, off in tiles for value in off),
    )


def _sorted_planets(
    puzzle: LabelledPuzzle, seen: Seen
) -> Iterator[tuple[list[float], list[float]]]:
    """Similarities of the planets inside and outside the `+`, for each tile that has one."""
    for tile, target in enumerate(puzzle.targets, 1):
        if target is None:
            continue
        box = target.scaled(*seen.size)
        planets = [planet for planet in seen.planets if planet.tile == tile]
        on = [_similarity(planet) for planet in planets if inside(box, planet.x, planet.y)]
        off = [_similarity(planet) for planet in planets if not inside(box, planet.x, planet.y)]
        yield on, off


def _similarity(planet: Planet) -> float:
    return round(float(planet.similarity), 6)
