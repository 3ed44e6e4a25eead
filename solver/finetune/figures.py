"""How a model does on puzzles that nothing was trained on, with intervals."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from solver.dataset import Dataset, LabelledPuzzle
from solver.evaluation import (
    Outcome,
    outcome_from_json,
    outcome_to_json,
    score,
    solve,
    summarise,
)
from solver.evaluation.statistics import roc_auc, wilson
from solver.finetune.errors import Cancelled
from solver.finetune.plan import Progress, Stop, Tell
from solver.known import NOTHING, Known
from solver.picture import read
from solver.solve import Solver
from solver.stages import Stages

#: Version of this stage's code: a change makes it run again.
VERSION = 1

#: The result's file.
FIGURES = "figures.json"

#: Drawings of puzzles with replacement behind an interval of the ROC-AUC.
RESAMPLES = 400

Interval: TypeAlias = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model achieves; intervals are at 95%, None where there was nothing to measure.

    `match_top1` is the share of tiles whose most similar planet is the one asked for.
    """

    model: str
    scored: int
    accuracy: float | None
    accuracy_interval: Interval
    digit_accuracy: float | None
    match_roc_auc: float | None
    match_roc_auc_interval: Interval
    match_top1: float | None
    match_top1_interval: Interval
    calibration_error: float | None
    puzzles_per_second: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """The figures of a model and how each puzzle went."""

    figures: Figures
    outcomes: tuple[Outcome, ...]


def judge(dataset: Dataset, solver: Solver, folder: Path, tell: Tell, stop: Stop) -> None:
    """Write the figures of a solver on a dataset, and each puzzle's outcome, into a folder."""
    outcomes, started = list[Outcome](), time.monotonic()
    for puzzle, solved, _ in solve(dataset, solver):
        if stop():
            raise Cancelled("The training was cancelled while a model was evaluated.")
        outcomes.append(score(puzzle, solved, partial(_examine, dataset, solver, puzzle)))
        tell(Progress("evaluate", len(outcomes), len(dataset.puzzles)))
    figures = _figures(outcomes, solver.model_id, time.monotonic() - started)
    plain = [outcome_to_json(replace(o, positives=(), negatives=())) for o in outcomes]
    result = {"figures": asdict(figures), "outcomes": plain}
    (folder / FIGURES).write_text(json.dumps(result, indent=1), encoding="utf-8")


def read_judged(folder: Path) -> Judged:
    """What `judge` wrote into a folder."""
    result = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
    values: dict[str, Any] = result["figures"]
    plain: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in values.items()}
    outcomes = tuple(outcome_from_json(outcome) for outcome in result["outcomes"])
    return Judged(Figures(**plain), outcomes)


def _examine(
    dataset: Dataset, solver: Solver, puzzle: LabelledPuzzle, known: Known = NOTHING
) -> Stages:
    return solver.examine(read(dataset.path(puzzle)), known)


def _figures(outcomes: Sequence[Outcome], model: str, seconds: float) -> Figures:
    summary = summarise(outcomes, model, seconds)
    found, top = sum(o.found for o in outcomes), sum(o.top for o in outcomes)
    return Figures(
        model=model,
        scored=summary.scored,
        accuracy=summary.accuracy,
        accuracy_interval=summary.interval,
        digit_accuracy=summary.digit_accuracy,
        match_roc_auc=summary.match_roc_auc,
        match_roc_auc_interval=_auc_interval(outcomes),
        match_top1=summary.match_top1,
        match_top1_interval=wilson(top, found),
        calibration_error=summary.calibration_error,
        puzzles_per_second=summary.puzzles_per_second,
    )


def _auc_interval(outcomes: Sequence[Outcome]) -> Interval:
    """The percentile bootstrap over puzzles, whose planets are not independent of each other."""
    pairs = [(np.array(o.positives), np.array(o.negatives)) for o in outcomes if o.positives]
    if not pairs:
        return None
    rng = np.random.default_rng(0)
    values = []
    for _ in range(RESAMPLES):
        drawn = [pairs[k] for k in rng.integers(len(pairs), size=len(pairs))]
        auc = roc_auc(*(np.concatenate(side) for side in zip(*drawn, strict=True)))
        values.append(0.5 if auc is None else auc)
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
