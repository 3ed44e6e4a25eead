"""The charts of a report, out of what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solver import charts
from solver.evaluation import Summary
from solver.evaluation.summary import NONE
from solver.solution import ORBITS

#: Rows of one kind of slice that are drawn, at most; the rarest are left out.
ROWS = 24

CLASSES = tuple(str(number) for number in range(1, ORBITS + 1))


def reliability(summaries: Sequence[Summary]) -> str:
    """Share that is right by confidence."""
    series = [
        [
            charts.Reliability(one.confidence, one.accuracy, one.count)
            for one in summary.calibration
            if one.confidence is not None and one.accuracy is not None
        ]
        for summary in summaries
    ]
    return charts.reliability(series, "Reliability: share of right answers by confidence")


def coverage_risk(summaries: Sequence[Summary]) -> str:
    """Share of wrong answers by the share that is answered."""
    series = [charts.Curve(s.model, _covered(s), _chosen(s)) for s in summaries]
    return charts.coverage_risk(series, "Risk: share of wrong answers by share answered")


def _covered(summary: Summary) -> list[tuple[float, float]]:
    return [(point.coverage, point.risk) for point in summary.coverage_risk]


def _chosen(summary: Summary) -> tuple[float, float] | None:
    kept = summary.threshold
    return None if kept is None else (kept.coverage, kept.risk)


def match_roc(summaries: Sequence[Summary]) -> str:
    """The ROC curve of likeness over all planets."""
    series = [charts.Curve(s.model, [(at.false, at.true) for at in s.roc]) for s in summaries]
    return charts.roc(series, "ROC curve of the match")


def lost(summaries: Sequence[Summary]) -> str:
    """Wrong answers by the stage that lost them, with the points its truth would give back."""
    rows = [
        (stage, [_lost(summary, stage) for summary in summaries]) for stage in summaries[0].lost_to
    ]
    return charts.bars(rows, "Wrong answers by the stage that lost them")


def _lost(summary: Summary, stage: str) -> charts.Bar:
    count, points = summary.lost_to.get(stage, 0), 100 * summary.regained.get(stage, 0.0)
    return charts.Bar(count, f"{count}, +{points:.2f}" if points else f"{count}")


def slices(summaries: Sequence[Summary]) -> Iterator[tuple[str, str, int]]:
    """Each kind of slice with its chart and how many rows that leaves out."""
    for kind, rows in summaries[0].by.items():
        most = sorted(rows, key=lambda key: -rows[key]["scored"])[:ROWS]
        shown = [key for key in rows if key in most]
        drawn = [(key, list(_measured(summaries, kind, key))) for key in shown]
        words = kind.replace("_", " and ")
        yield words, charts.intervals(drawn, f"Accuracy by {words}"), len(rows) - len(shown)


def _measured(summaries: Sequence[Summary], kind: str, key: str) -> Iterator[charts.Interval]:
    for summary in summaries:
        one = summary.by.get(kind, {}).get(key)
        if one is not None:
            low, high = one["interval"]
            yield charts.Interval(one["accuracy"], low, high, one["scored"])


def confusions(summary: Summary, what: str) -> str | None:
    """How often each digit, or orbit, was taken for each; None where no label tells."""
    counts = {
        (truth, read): count
        for truth, row in summary.confusions.get(what, {}).items()
        for read, count in row.items()
    }
    columns = CLASSES + ((NONE,) if any(read == NONE for _, read in counts) else ())
    sides = ("truth", "read as")
    return charts.matrix(counts, CLASSES, columns, sides, f"Confusion: {what}") if counts else None
