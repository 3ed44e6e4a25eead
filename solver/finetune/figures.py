"""How a model does on puzzles that nothing was trained on, with intervals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from solver.dataset import Dataset
from solver.evaluation import (
    Outcome,
    Summary,
    evaluate,
    outcome_from_json,
    outcome_to_json,
)
from solver.evaluation.statistics import roc_auc, wilson
from solver.finetune.errors import Cancelled
from solver.finetune.plan import Progress, Stop, Tell
from solver.solve import Solver

#: Version of this stage's code: a change makes it run again.
VERSION = 2

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
    outcomes = list[Outcome]()

    def observe(_puzzle: object, _solved: object, outcome: Outcome) -> None:
        if stop():
            raise Cancelled("The training was cancelled while a model was evaluated.")
        outcomes.append(outcome)
        tell(Progress("evaluate", len(outcomes), len(dataset.puzzles)))

    summary, short = evaluate(dataset, solver, observe=observe)
    plain = [outcome_to_json(outcome) for outcome in short]
    result = {"figures": asdict(_figures(summary, outcomes)), "outcomes": plain}
    (folder / FIGURES).write_text(json.dumps(result, indent=1), encoding="utf-8")


def read_judged(folder: Path) -> Judged:
    """What `judge` wrote into a folder."""
    result = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
    values: dict[str, Any] = result["figures"]
    plain: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in values.items()}
    outcomes = tuple(outcome_from_json(outcome) for outcome in result["outcomes"])
    return Judged(Figures(**plain), outcomes)


def _figures(summary: Summary, outcomes: Sequence[Outcome]) -> Figures:
    found, top = sum(o.found for o in outcomes), sum(o.top for o in outcomes)
    return Figures(
        model=summary.model,
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
