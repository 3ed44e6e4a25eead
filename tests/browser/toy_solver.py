"""A solver for toys, which workers of the browser tests load by its name."""

import time
from collections.abc import Sequence
from dataclasses import replace

from solver.known import NOTHING, Known
from solver.picture import decode
from solver.solution import Failure, Solution
from solver.stages import Stages
from solver.thumbnail import thumbnail
from tests.browser import toys
from tests.unit.evaluate.sky import Sky


class ToySolver:
    """Reads the answers out of the pictures."""

    model_id = "toy@0123456789ab"
    folder = None

    def solve(
        self, pictures: Sequence[bytes], *, thumbnails: bool = False
    ) -> list[Solution | Failure]:
        """One outcome a picture, once its gate is open."""
        return [_solve(picture, thumbnails) for picture in pictures]

    def examine(self, data: bytes, known: Known = NOTHING) -> Stages:
        """What stages see that see a sun and no planet."""
        return Sky((0.0, 0.0, 1.0, 0.0, 0.0), (100.0, 100.0), toys.ORBITS, ()).examine(known)


def load(ref: str | None, device: str, threads: int | None) -> ToySolver:
    """The solver, whatever it is asked to be."""
    return ToySolver()


def _solve(picture: bytes, with_thumbnail: bool) -> Solution | Failure:
    gate = toys.gate(picture)
    while gate is not None and not gate.exists():
        time.sleep(0.01)
    answer = toys.answer(picture)
    if with_thumbnail and isinstance(answer, Solution):
        return replace(answer, thumbnail=thumbnail(decode(picture), answer))
    return answer
