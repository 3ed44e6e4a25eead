"""How well each stage does on generated puzzles whose icons and fonts were never trained on.

python -m solver.train.report --count 200 --difficulty mix --styles held-out
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np

from solver import load_solver
from solver.errors import PictureError
from solver.evaluation.statistics import calibration, calibration_error, roc_auc
from solver.generate import Drawn, TruePlanet, draw
from solver.generate.styles import Styles
from solver.report import answer
from solver.solution import TILE, TILES, Solution
from solver.solve import Solver
from solver.stages import Stages

#: Seed of the puzzles that are reported on.
SEED = 990

#: The axes of style that accuracy is sliced by.
AXES = ("theme", "ground", "orbits", "sun", "planets", "icons", "hint", "numeral")

#: A planet counts as found within this many pixels.
NEAR = 8.0


@dataclass(slots=True)
class Tally:
    """What was seen of puzzles: shares of right ones by name, similarities, confidences."""

    counts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    positives: list[float] = field(default_factory=list)
    negatives: list[float] = field(default_factory=list)

    def add(self, name: str, value: float) -> None:
        """Count one observation."""
        self.counts[name].append(float(value))

    def figures(self) -> dict[str, float | None]:
        """The mean of each figure, and those that are no means."""
        means = {name: round(float(np.mean(self.counts[name])), 4) for name in sorted(self.counts)}
        sure, right = self.counts["confidence"], self.counts["accuracy of answers"]
        return {
            **means,
            "puzzles": len(self.counts["accuracy"]),
            "match ROC-AUC": roc_auc(self.positives, self.negatives),
            "calibration error": calibration_error(calibration(sure, right)),
        }


def measure(solver: Solver, puzzles: Iterable[Drawn]) -> dict[str, float | None]:
    """Figures of all stages over some generated puzzles; a refused one counts as wrong."""
    tally = Tally()
    for drawn in puzzles:
        try:
            stages = solver.examine(drawn.data)
            solution = answer(stages)
        except PictureError:
            for name in _names(drawn):
                tally.add(name, 0)
            continue
        _count(tally, drawn, stages, solution)
    return tally.figures()


def _names(drawn: Drawn) -> tuple[str, ...]:
    """The slices that a puzzle's answer counts in."""
    styles = [f"accuracy {axis} {drawn.truth.styles[axis]}" for axis in AXES]
    return ("accuracy", f"accuracy {drawn.truth.difficulty}", *styles)


def _count(tally: Tally, drawn: Drawn, stages: Stages, solution: Solution) -> None:
    truth = drawn.truth
    scale = truth.width / (TILES * TILE)
    right = truth.target_boxes[truth.answer - 1].contains(
        solution.point[0] / scale, solution.point[1] / scale
    )
    for name in _names(drawn):
        tally.add(name, right)
    tally.add("accuracy of answers", right)
    tally.add("tile", solution.tile == truth.answer)
    read, answered = int(np.argmax(stages.digits)) + 1, solution.digit
    for name, digit in (("digit", read), ("digit answered", answered)):
        tally.add(name, digit == truth.digit)
        tally.add(f"{name} {truth.digit}", digit == truth.digit)
    tally.add("confidence", solution.confidence)
    for number in range(1, TILES + 1):
        _count_tile(tally, [p for p in truth.planets if p.tile == number], number, stages)


def _count_tile(tally: Tally, planets: Sequence[TruePlanet], number: int, stages: Stages) -> None:
    points = stages.found.planets[number - 1].points
    similarity = stages.similarities[number - 1]
    used: set[int] = set()
    best = (-2.0, False)
    for planet in planets:
        x, y = planet.x - TILE * (number - 1), planet.y
        gaps = np.hypot(points[:, 0] - x, points[:, 1] - y) if len(points) else np.array([1e3])
        nearest = int(gaps.argmin())
        found = bool(gaps[nearest] <= NEAR)
        tally.add("recall", found)
        if planet.is_target:
            tally.add("recall of targets", found)
        if not found:
            continue
        used.add(nearest)
        rank = int(np.argmax(stages.ranks[number - 1][nearest])) + 1
        tally.add("rank", rank == planet.rank)
        tally.add(
            "size error", abs(np.log(stages.found.planets[number - 1].sizes[nearest] / planet.size))
        )
        alike = float(similarity[nearest])
        best = max(best, (alike, planet.is_target))
        (tally.positives if planet.is_target else tally.negatives).append(alike)
    tally.add("icon in tile", best[1])
    if len(points):
        tally.add("precision", len(used) / len(points))


def draw_held_out(
    count: int, difficulty: str, seed: int = SEED, styles: Styles = "train"
) -> Iterator[Drawn]:
    """Puzzles from held-out icons and fonts, of styles that were trained on or of others."""
    return (draw(seed, index, difficulty, "held-out", styles) for index in range(count))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a model folder; by default the one that ships")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--difficulty", default="mix")
    parser.add_argument("--styles", default="train", choices=get_args(Styles))
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    with load_solver(given.model, threads=1) as solver:
        figures: dict[str, Any] = {"model": solver.model_id, "difficulty": given.difficulty}
        puzzles = draw_held_out(given.count, given.difficulty, given.seed, given.styles)
        figures |= measure(solver, puzzles)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
