"""The figures of a report as rows of text, a cell for each model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from solver.dataset import Problem
from solver.evaluation import Summary
from solver.evaluation.risk import Threshold
from solver.solution import Json

#: A figure that could not be measured.
UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """A figure's name, its value for each model, and what is to be known of it.

    `change` is the second model's value less the first's, where that means something.
    """

    name: str
    values: tuple[str, ...]
    note: str
    change: str = ""


def headline(summaries: Sequence[Summary]) -> list[Row]:
    """The figures that answer how good the models are."""
    rows = [
        _shared("Accuracy", "95% interval: {}", summaries, lambda s: s.accuracy, _interval_of),
        _shared(
            "Digit read right", "of every labelled digit", summaries, lambda s: s.digit_accuracy
        ),
        _shared("Planets found", "of every labelled +", summaries, lambda s: s.detection_recall),
        _shared("Match ROC-AUC", "over all planets", summaries, lambda s: s.match_roc_auc),
        _shared("Match top 1", "most alike in its tile", summaries, lambda s: s.match_top1),
        _shared("Calibration error", "expected, 15 bins", summaries, lambda s: s.calibration_error),
        _shared(
            "Without suspected labels",
            "wrong answers that are likely the label's fault left out: {}",
            summaries,
            lambda s: s.accuracy_without_suspects,
            lambda s: str(s.suspected),
        ),
        Row("Right", tuple(f"{s.correct} of {s.scored}" for s in summaries), "puzzles scored"),
        Row("Not solved", tuple(str(s.failed) for s in summaries), "counted as wrong"),
        Row("Puzzles a second", tuple(_speed(s) for s in summaries), "the solver alone"),
    ]
    return rows + _thresholds(summaries)


def _shared(
    name: str,
    note: str,
    summaries: Sequence[Summary],
    read: Callable[[Summary], float | None],
    more: Callable[[Summary], str] = lambda summary: "",
) -> Row:
    values = [read(summary) for summary in summaries]
    told = note.format("; ".join(more(summary) for summary in summaries))
    return Row(name, tuple(figure(value) for value in values), told, _change(values))


def _change(values: Sequence[float | None]) -> str:
    if len(values) != 2 or values[0] is None or values[1] is None:
        return ""
    return f"{values[1] - values[0]:+.4f}"


def _interval_of(summary: Summary) -> str:
    return interval(summary.interval)


def _speed(summary: Summary) -> str:
    speed = summary.puzzles_per_second
    return f"{speed:,.1f}" if speed else UNKNOWN


def _thresholds(summaries: Sequence[Summary]) -> list[Row]:
    kept = [summary.threshold for summary in summaries]
    known = [one for one in kept if one is not None]
    if not known:
        return []
    values = tuple(figure(one.confidence if one else None) for one in kept)
    told = "; ".join(map(_kept, known))
    return [Row(f"Confidence for a risk of {known[0].target_risk:g}", values, told)]


def _kept(one: Threshold) -> str:
    return (
        f"keeps {one.coverage:.1%} of the puzzles, {one.risk:.2%} of them wrong, under "
        f"{one.risk_bound:.2%} with 95% certainty"
    )


def stages(summaries: Sequence[Summary]) -> Iterator[Json]:
    """One row a stage: its own figure, the wrong answers it lost, what its truth would regain."""
    own: dict[str, tuple[str, Callable[[Summary], float | None]]] = {
        "layout": ("pictures solved", _solved),
        "digit": ("digits read right", lambda s: s.digit_accuracy),
        "detection": ("labelled + with a planet", lambda s: s.detection_recall),
        "match": ("ROC-AUC over all planets", lambda s: s.match_roc_auc),
        "decision": ("calibration error", lambda s: s.calibration_error),
    }
    for name in summaries[0].lost_to:
        what, read = own.get(name, ("", lambda s: None))
        yield {
            "name": name,
            "what": what,
            "own": [figure(read(s)) if what else "" for s in summaries],
            "lost": [s.lost_to.get(name, 0) for s in summaries],
            "regained": [_points(s.regained.get(name, 0.0)) for s in summaries],
        }


def _solved(summary: Summary) -> float | None:
    total = summary.scored + summary.ambiguous
    return (total - summary.failed) / total if total else None


def _points(share: float) -> str:
    return f"+{100 * share:.2f}" if share else "0"


def problems(found: Sequence[Problem]) -> Iterator[Json]:
    """The faults of labels, how often each is there, and one example."""
    examples = {problem.code: problem for problem in reversed(found)}
    for code, count in Counter(problem.code for problem in found).most_common():
        example = examples[code]
        yield {"code": code, "count": count, "example": f"{example.task}: {example.message}"}


def figure(value: float | None) -> str:
    """A share with four decimals."""
    return UNKNOWN if value is None else f"{value:.4f}"


def interval(value: Sequence[float] | None) -> str:
    """An interval with three decimals."""
    return UNKNOWN if value is None else f"{value[0]:.3f}–{value[1]:.3f}"
