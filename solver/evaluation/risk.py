"""What is answered and how often that is wrong, if answers below a confidence are held back."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

#: Points of a curve, at most.
POINTS = 50
#: Thresholds that are tested for a target risk: those that keep 1/20, 2/20 ... of the answers.
TESTED = 20
#: How sure it is that no threshold is given whose risk is above the target.
SURE = 0.95


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """Answers with at least this `confidence`: their share of the puzzles, and of them the wrong.

    Puzzles without an answer are never covered.
    """

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """The confidence from which on answers keep a target risk.

    `risk` was measured among the answers kept, and `risk_bound` is its one-sided upper bound.
    """

    target_risk: float
    confidence: float
    coverage: float
    risk: float
    risk_bound: float


def coverage_risk(
    confidences: ArrayLike, correct: ArrayLike, puzzles: int
) -> tuple[CoveragePoint, ...]:
    """The curve from the surest answers to all, POINTS at most, of confidences (N,)."""
    sure, wrong, kept = _steps(confidences, correct)
    chosen = (
        np.unique(np.linspace(0, len(sure) - 1, POINTS).round().astype(int)) if len(sure) else ()
    )
    return tuple(
        CoveragePoint(float(sure[at]), float(kept[at] / puzzles), float(wrong[at] / kept[at]))
        for at in chosen
    )


def area(confidences: ArrayLike, correct: ArrayLike) -> float | None:
    """The area under the coverage-risk curve of the answers (AURC), None without any.

    The mean of the risks at 1, 2 ... N answers kept (Geifman and El-Yaniv 2019). Answers of equal
    confidence come in no order: each is as wrong as they are on average.
    """
    _, wrong, kept = _steps(confidences, correct)
    if not len(kept):
        return None
    answers = np.arange(1, kept[-1] + 1)
    expected = np.interp(answers, np.append(0, kept), np.append(0, wrong))
    return float((expected / answers).mean())


def threshold(
    confidences: ArrayLike, correct: ArrayLike, puzzles: int, target_risk: float
) -> Threshold | None:
    """The lowest confidence from which on the risk is below a target, None where none is shown.

    Learn then test (Angelopoulos et al. 2021): TESTED thresholds are fixed by how many answers
    they keep, and for each the risk is bounded from above (Clopper and Pearson 1934, one-sided)
    at a level that makes all bounds hold at once with 95% (Bonferroni). So the choice among them
    costs nothing of the promise.
    """
    sure, wrong, kept = _steps(confidences, correct)
    best = None
    for share in range(1, TESTED + 1 if len(sure) else 1):
        at = int(np.searchsorted(kept, math.ceil(kept[-1] * share / TESTED)))
        bound = upper_bound(int(wrong[at]), int(kept[at]), 1 - (1 - SURE) / TESTED)
        if bound <= target_risk:
            coverage, risk = float(kept[at] / puzzles), float(wrong[at] / kept[at])
            best = Threshold(target_risk, float(sure[at]), coverage, risk, bound)
    return best


def upper_bound(wrong: int, total: int, sure: float) -> float:
    """The upper bound of a share at a one-sided level (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv  # as in solver.evaluation.paired

    return 1.0 if wrong >= total else float(betaincinv(wrong + 1, total - wrong, sure))


def answers_needed(target_risk: float) -> int:
    """How many answers without a mistake it takes to show a risk below the target."""
    return math.ceil(math.log((1 - SURE) / TESTED) / math.log1p(-target_risk))


def _steps(confidences: ArrayLike, correct: ArrayLike) -> tuple[Array, Array, Array]:
    """Each confidence there is, from the surest, with how many are wrong, and kept, from it on."""
    each = np.asarray(confidences, np.float64)
    wrong = ~np.asarray(correct, bool)
    order = np.argsort(-each, kind="stable")
    last = np.flatnonzero(np.diff(each[order], append=-np.inf))
    return each[order][last], np.cumsum(wrong[order], dtype=np.float64)[last], last + np.float64(1)
