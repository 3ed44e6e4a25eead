"""Writes an evaluation as one HTML file that needs no network and no script."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from solver.dataset import Dataset, Problem
from solver.evaluation.gallery import LIMIT, gallery
from solver.evaluation.outcome import Outcome
from solver.evaluation.risk import Threshold
from solver.evaluation.summary import Summary
from solver.solution import Json

#: Width of the longest bar and of the diagrams, and the diagrams' height, in SVG units.
BAR, ACROSS, UP = 190, 300, 220


def write_report(
    path: Path, dataset: Dataset, summary: Summary, outcomes: Sequence[Outcome]
) -> None:
    """Writes the figures and a gallery of wrong answers to an HTML file; OSError if it cannot."""
    path.write_text(render(dataset, summary, outcomes), encoding="utf-8")


def render(dataset: Dataset, summary: Summary, outcomes: Sequence[Outcome]) -> str:
    """The same as text. Every word that comes from the data is escaped."""
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    wrong = [outcome for outcome in outcomes if outcome.scored and not outcome.correct]
    page = pages.get_template("report.html")
    return page.render(
        name=dataset.root.resolve().name if dataset.root else "a dataset",
        summary=summary,
        figures=list(_figures(summary)),
        lost=list(_lost(summary)),
        curve=list(_curve(summary)),
        most_risk=_most_risk(summary),
        bins=list(_bins(summary)),
        slices=[_slice(name, rows) for name, rows in summary.by.items()],
        problems=list(_problems(dataset.problems)),
        gallery=gallery(dataset, wrong),
        shown=f"{min(LIMIT, len(wrong))} of {len(wrong)}",
    )


def _figures(summary: Summary) -> Iterator[Json]:
    right = f"{summary.correct} of {summary.scored}"
    rows: tuple[tuple[str, float | None, str], ...] = (
        ("Accuracy", summary.accuracy, f"{right}, 95%: {_interval(summary.interval)}"),
        ("Digit read right", summary.digit_accuracy, "of every labelled digit"),
        ("Planets found", summary.detection_recall, "of every labelled +"),
        ("Match ROC-AUC", summary.match_roc_auc, "over all planets"),
        ("Match top 1", summary.match_top1, "within a tile"),
        ("Calibration error", summary.calibration_error, "expected, 15 bins"),
    )
    for name, value, note in rows:
        yield {"name": name, "value": _figure(value), "note": note}
    yield {"name": "Not solved", "value": summary.failed, "note": "counted as wrong"}
    yield _suspects(summary)
    if summary.threshold is not None:
        yield _threshold(summary.threshold)
    speed = summary.puzzles_per_second
    yield {"name": "Puzzles a second", "value": f"{speed:,.1f}" if speed else "–", "note": "solver"}


def _suspects(summary: Summary) -> Json:
    note = f"{summary.suspected} wrong answers that are likely the label's fault left out"
    figure = _figure(summary.accuracy_without_suspects)
    return {"name": "Without suspected labels", "value": figure, "note": note}


def _threshold(kept: Threshold) -> Json:
    note = (
        f"keeps {kept.coverage:.1%} of the puzzles with a risk of {kept.risk:.4f}, under "
        f"{kept.risk_bound:.4f} with 95% certainty"
    )
    return {
        "name": f"Confidence for a risk of {kept.target_risk:g}",
        "value": _figure(kept.confidence),
        "note": note,
    }


def _lost(summary: Summary) -> Iterator[Json]:
    most = max(1, *summary.lost_to.values())
    for name, count in summary.lost_to.items():
        points = 100 * summary.regained[name]
        text = f"{count}, +{points:.2f}" if points else f"{count}"
        yield {"name": name, "text": text, "width": round(BAR * count / most, 1)}


def _curve(summary: Summary) -> Iterator[Json]:
    most = _most_risk(summary)
    for point in summary.coverage_risk:
        yield {
            "x": round(ACROSS * point.coverage, 1),
            "y": round(UP * (1 - point.risk / most), 1),
            "title": f"confidence {point.confidence:.3f}: {point.coverage:.1%} answered, "
            f"{point.risk:.2%} of them wrong",
        }


def _most_risk(summary: Summary) -> float:
    """The top of the curve's scale: the highest risk on it, at least one in a hundred."""
    return max([0.01, *(point.risk for point in summary.coverage_risk)])


def _bins(summary: Summary) -> Iterator[Json]:
    most = max((one.count for one in summary.calibration), default=0)
    for one in summary.calibration:
        if one.confidence is None or one.accuracy is None:
            continue
        title = f"{one.count} answers: sure {one.confidence:.3f}, right {one.accuracy:.3f}"
        yield {
            "left": round(ACROSS * one.low, 1),
            "width": round(ACROSS * (one.high - one.low), 1),
            "share": round(UP * one.count / most, 1),
            "x": round(ACROSS * one.confidence, 1),
            "y": round(UP * (1 - one.accuracy), 1),
            "title": title,
        }


def _slice(name: str, rows: dict[str, Json]) -> Json:
    return {"name": name, "rows": [{"key": key, **_row(value)} for key, value in rows.items()]}


def _row(value: Json) -> dict[str, Any]:
    return {
        "accuracy": _figure(value["accuracy"]),
        "interval": _interval(value["interval"]),
        "scored": value["scored"],
    }


def _problems(problems: Sequence[Problem]) -> Iterator[Json]:
    examples = {problem.code: problem for problem in reversed(problems)}
    for code, count in Counter(problem.code for problem in problems).most_common():
        example = examples[code]
        yield {"code": code, "count": count, "example": f"{example.task}: {example.message}"}


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _interval(value: Sequence[float] | None) -> str:
    return "–" if value is None else f"{value[0]:.3f}–{value[1]:.3f}"
