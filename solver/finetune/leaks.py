"""Whether the splits that labels name keep apart what they should: pictures and icon drawings."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver import compare
from solver.arrays import Floats
from solver.dataset import LabelledPuzzle, Problem
from solver.finetune.icons import fingerprint
from solver.finetune.split import leaks

if TYPE_CHECKING:
    from solver.stages import Stages


@dataclass(slots=True)
class LeakCheck:
    """Takes the puzzles whose labels name a split one by one; keeps a fingerprint of each."""

    _puzzles: list[LabelledPuzzle] = field(default_factory=list)
    _pictures: list[str] = field(default_factory=list)
    _icons: list[Floats] = field(default_factory=list)

    def add(self, puzzle: LabelledPuzzle, content: bytes, examine: Callable[[], Stages]) -> None:
        """Note what a puzzle shows; one whose split is not named is passed over."""
        if puzzle.split_named:
            self._puzzles.append(puzzle)
            self._pictures.append(hashlib.sha256(content).hexdigest())
            self._icons.append(_icon(examine()))

    def problems(self) -> list[Problem]:
        """For each test puzzle that shows what a train puzzle shows, the first such one."""
        if not self._puzzles:
            return []
        sides = {
            side: [k for k, puzzle in enumerate(self._puzzles) if puzzle.split == side]
            for side in ("train", "test")
        }
        found: dict[int, Problem] = {}
        pairs = leaks(self._pictures, np.stack(self._icons), sides["train"], sides["test"])
        for what, train, test in pairs:
            one, other = self._puzzles[train], self._puzzles[test]
            message = (
                f"It is kept for testing and shows the same {what} as task {one.id}, which is "
                "trained on: put both on one side."
            )
            found.setdefault(test, Problem(other.id, "leak", message))
        return [found[test] for test in sorted(found)]


def _icon(stages: Stages) -> Floats:
    """The fingerprint of the hint's likeliest icon, at the scale nearest to one."""
    views = compare.views(stages.layout.hint, stages.hint)
    return fingerprint(views[int(np.argmin(np.abs(np.log(compare.SCALES))))])
