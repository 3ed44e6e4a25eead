"""The figures of an evaluation as a table tells them, whether it ran here or in a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cli.comparison import cell

NAMES = (
    "accuracy",
    "interval",
    "correct",
    "scored",
    "ambiguous",
    "failed",
    "derived",
    "suspected",
    "accuracy_without_suspects",
    "digit_accuracy",
    "detection_recall",
    "match_roc_auc",
    "match_top1",
    "calibration_error",
    "aurc",
    "puzzles_per_second",
    "model",
)


def figures(summary: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Name and value of each figure of a summary; those of earlier versions have fewer."""
    yield from ((name, cell(summary[name])) for name in NAMES if name in summary)
    for name, part in (summary.get("threshold") or {}).items():
        yield f"threshold {name}", part
    for stage, count in (summary.get("lost_to") or {}).items():
        if count:
            yield f"lost to {stage}", count
    for stage, points in (summary.get("regained") or {}).items():
        if points:
            yield f"regained by {stage}", f"+{points:.4f}"
