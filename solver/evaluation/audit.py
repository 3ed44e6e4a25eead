"""Audits the labels of a dataset by what a solver says of its pictures."""

from __future__ import annotations

from collections import Counter

from solver.dataset import LabelledPuzzle, Problem, orbits_of
from solver.evaluation.checks import Check, checks
from solver.evaluation.label import answer_of
from solver.evaluation.suspects import Suspect, suspects
from solver.solution import ORBITS, Failure, Json, Solution


class Audit:
    """Takes puzzles one by one; what it keeps of each is small."""

    def __init__(self) -> None:
        self.unsolved: list[Problem] = []
        self._checks: list[Check] = []
        self._orbits: Counter[int | None] = Counter()
        self._puzzles = self._ambiguous = 0

    def add(self, puzzle: LabelledPuzzle, outcome: Solution | Failure) -> None:
        """Hold a puzzle's labels against its answer; a picture without one is a problem."""
        self._puzzles += 1
        if isinstance(outcome, Failure):
            message = f"{puzzle.image}: {outcome.message}"
            self.unsolved.append(Problem(puzzle.id, outcome.code, message))
            return
        seen = outcome.seen
        self._checks += checks(puzzle, outcome)
        self._ambiguous += answer_of(puzzle, seen) is None
        orbits = orbits_of(puzzle, seen.centre, seen.orbits, seen.size, seen.ellipse)
        marked = zip(orbits, puzzle.targets, strict=True)
        self._orbits.update(orbit for orbit, target in marked if target is not None)

    def suspects(self) -> list[Suspect]:
        """The labels that are likely wrong, likeliest first."""
        return suspects(self._checks)

    def statistics(self) -> Json:
        """What only a solver can count: the orbits of the `+`, and labels without one answer."""
        orbits = {str(orbit): self._orbits[orbit] for orbit in range(1, ORBITS + 1)}
        return {
            "audited": self._puzzles,
            "unsolved": len(self.unsolved),
            "ambiguous": self._ambiguous,
            "orbits": orbits | {"none": self._orbits[None]},
        }
