"""Stages whose nets a list of planets stands in for; orbits and decision are the real ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver.calibration import Calibration
from solver.decision import decide
from solver.geometry import Geometry, rank_probabilities
from solver.hint import Hint
from solver.known import NOTHING, Known
from solver.layout import Layout
from solver.planets import Found, Planets
from solver.solution import Box, Planet
from solver.stages import Stages

BLACK = np.zeros((200, 200, 3), np.uint8)
HINT = Hint(Box(40, 20, 30, 42), Box(110, 20, 60, 60), 50.0, 0.99, 0.99)
#: How much a planet looks like the icon that none of the known ones is near.
UNKNOWN = 0.9


@dataclass(frozen=True)
class Sky:
    """What the nets see of a 1000x400 picture: digits, and planets with their similarities."""

    digits: Sequence[float]
    centre: tuple[float, float]
    radii: Sequence[float]
    planets: tuple[Planet, ...]
    rivals: tuple[Geometry, ...] = ()

    def examine(self, known: Known = NOTHING) -> Stages:
        """As a solver does, with what is known."""
        digits = np.asarray(self.digits) if known.digits is None else known.digits
        found = known.found or self._found()
        geometry = known.geometry or self._geometry()
        ranks, alike = known.ranks, known.similarities
        if ranks is None:
            ranks = [rank_probabilities(geometry, tile.points) for tile in found.planets]
        if alike is None:
            alike = [self._alike(number, tile) for number, tile in enumerate(found.planets, 1)]
        scores = [tile.scores for tile in found.planets]
        decision = decide(digits, ranks, alike, scores, Calibration())
        layout = Layout(np.stack([BLACK] * 5), BLACK, 1.0, (1000, 400))
        hint = known.hint or HINT
        return Stages(layout, hint, digits, found, geometry, tuple(ranks), tuple(alike), decision)

    def _geometry(self) -> Geometry:
        weight = 1.0 - sum(rival.weight for rival in self.rivals)
        return Geometry(self.centre, tuple(self.radii), 1.0, 0.0, 2.0, weight, self.rivals)

    def _found(self) -> Found:
        nothing = np.zeros((50, 50), np.float32)
        return Found(tuple(self._tile(number) for number in range(1, 6)), nothing, nothing)

    def _tile(self, number: int) -> Planets:
        own = self._of(number)
        return Planets(
            np.array([place(planet) for planet in own], np.float32).reshape(-1, 2),
            np.array([planet.size for planet in own], np.float32),
            np.array([planet.score for planet in own], np.float32),
        )

    def _alike(self, number: int, tile: Planets) -> np.ndarray:
        return np.array([self._similarity(number, point) for point in tile.points], np.float32)

    def _similarity(self, number: int, point: np.ndarray) -> float:
        near = [p for p in self._of(number) if np.hypot(*(place(p) - point)) < 1]
        return near[0].similarity if near else UNKNOWN

    def _of(self, number: int) -> list[Planet]:
        return [planet for planet in self.planets if planet.tile == number]


def place(planet: Planet) -> np.ndarray:
    """Where a planet stands in its tile."""
    return np.array([planet.x - 200 * (planet.tile - 1), planet.y])
