"""Two models on the same puzzles: is the difference more than chance?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solver.evaluation.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Paired:
    """How two models did on the puzzles that both were scored on.

    `gained` counts those that the second alone answered rightly, `lost` those that the first alone
    did. `p` is the two-sided p-value of the exact McNemar test (McNemar, 1947): how probable so
    uneven a pair of counts is where both models are as good.
    """

    both: int
    gained: int
    lost: int
    p: float


def compare(first: Sequence[Outcome], second: Sequence[Outcome]) -> Paired:
    """Hold two models' outcomes against each other, puzzle by puzzle."""
    before = {outcome.task: bool(outcome.correct) for outcome in first if outcome.scored}
    pairs = [(before[o.task], bool(o.correct)) for o in second if o.scored and o.task in before]
    gained = sum(right and not was for was, right in pairs)
    lost = sum(was and not right for was, right in pairs)
    p = _p_value(gained, gained + lost, "two-sided") if gained + lost else 1.0
    return Paired(len(pairs), gained, lost, p)


def probability_worse(gained: int, lost: int) -> float:
    """The one-sided p-value: how probable it is to lose as many where both models are as good."""
    if not lost:
        return 1.0
    return _p_value(lost, gained + lost, "greater")


def _p_value(count: int, of: int, alternative: str) -> float:
    from scipy.stats import binomtest  # a quarter of a worker's start, and few ever compare

    return float(binomtest(count, of, alternative=alternative).pvalue)


def holm(values: Sequence[float]) -> list[float]:
    """P-values of tests made together, each made larger for that (Holm, 1979), in their order."""
    adjusted, highest = [0.0] * len(values), 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=lambda k: values[k])):
        highest = max(highest, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = highest
    return adjusted
