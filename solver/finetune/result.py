"""What a training gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from solver.evaluation import Outcome
from solver.evaluation.paired import Paired
from solver.finetune.cache import StageRun
from solver.finetune.figures import Figures


@dataclass(frozen=True, slots=True)
class Finetuned:
    """A model that was made, and how it compares with its parent on puzzles that neither saw.

    `train`, `held_back`, `test` and `left_out` count puzzles; `versions` are those of the stages'
    code. `outcomes` are the new model's on the `test` puzzles, without similarities.
    """

    model_id: str
    path: Path
    parent_id: str
    data_version: str
    versions: dict[str, int]
    train: int
    held_back: int
    test: int
    left_out: int
    before: Figures
    after: Figures
    paired: Paired
    outcomes: tuple[Outcome, ...]
    outcomes_before: tuple[Outcome, ...]
    warnings: tuple[str, ...]
    stages: tuple[StageRun, ...]
