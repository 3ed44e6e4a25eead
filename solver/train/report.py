"""How well each stage does on generated puzzles whose icons and fonts were never trained on.

python -m solver.train.report --count 200 --difficulty mix
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from solver import load_solver
from solver.errors import PictureError
from solver.generate import Drawn, TruePlanet, draw
from solver.report import answer
from solver.solution import TILE, TILES, Solution
from solver.solve import Solver
from solver.stages import Stages

#: Seed of the puzzles that are reported on.
SEED = 990

#: A planet counts as found within this many pixels.
NEAR = 8.0


@dataclass(slots=True)
class Tally:
    """Sums over puzzles."""

    counts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        """Count one observation."""
        self.counts[name].append(float(value))

    def means(self) -> dict[str, float]:
        """The mean of each figure."""
        return {name: round(float(np.mean(self.counts[name])), 4) for name in sorted(self.counts)}


def measure(solver: Solver, puzzles: Sequence[Drawn]) -> dict[str, float]:
    """Figures of all stages over some generated puzzles, and puzzles a second of one thread."""
    tally = Tally()
    started = time.perf_counter()
    for drawn in puzzles:
        try:
            stages = solver.examine(drawn.data)
            solution = answer(stages)
        except PictureError:
            tally.add("accuracy", 0)
            continue
        _count(tally, drawn, stages, solution)
    seconds = time.perf_counter() - started
    return {**tally.means(), "puzzles_per_second": round(len(puzzles) / seconds, 2)}


def _count(tally: Tally, drawn: Drawn, stages: Stages, solution: Solution) -> None:
    truth = drawn.truth
    scale = truth.width / (TILES * TILE)
    right = truth.target_boxes[truth.answer - 1].contains(
        solution.point[0] / scale, solution.point[1] / scale
    )
    digit_right = int(np.argmax(stages.digits)) + 1 == truth.digit
    tally.add("accuracy", right)
    tally.add(f"accuracy {truth.difficulty}", right)
    tally.add("tile", solution.tile == truth.answer)
    tally.add("digit", digit_right)
    tally.add(f"digit {truth.digit}", digit_right)
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
        best = max(best, (float(similarity[nearest]), planet.is_target))
    tally.add("icon in tile", best[1])
    if len(points):
        tally.add("precision", len(used) / len(points))


def draw_held_out(count: int, difficulty: str, seed: int = SEED) -> list[Drawn]:
    """Puzzles from held-out icons and fonts."""
    return [draw(seed, index, difficulty, "held-out") for index in range(count)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="a model folder; by default the one that ships")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--difficulty", default="mix")
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    with load_solver(given.model, threads=1) as solver:
        figures: dict[str, Any] = {"model": solver.model_id, "difficulty": given.difficulty}
        puzzles = draw_held_out(given.count, given.difficulty, given.seed)
        figures |= measure(solver, puzzles)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
