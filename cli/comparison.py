"""Several models on the same puzzles, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from cli import console

if TYPE_CHECKING:
    from solver.evaluation import Outcome, Summary

    Result: TypeAlias = tuple[Summary, Sequence[Outcome]]

#: The figures that are compared.
FIGURES = (
    "accuracy",
    "interval",
    "correct",
    "scored",
    "failed",
    "digit_accuracy",
    "detection_recall",
    "match_roc_auc",
    "match_top1",
    "calibration_error",
    "puzzles_per_second",
)

#: How a model did against the first: right where that was wrong, the reverse, the p-value.
AGAINST = {"gained": "gained", "lost": "lost", "p": "p (McNemar)"}


def as_json(results: Sequence[Result]) -> Iterator[dict[str, Any]]:
    """One object a model; all but the first also hold how they did against the first."""
    for number, (summary, _) in enumerate(results):
        against = {"paired": _paired(results, number)} if number else {}
        yield {**summary.to_json(), **against}


def show(results: Sequence[Result]) -> None:
    """Write one table to standard output, a column a model."""
    values = [summary.to_json() for summary, _ in results]
    rows: list[tuple[object, ...]] = [
        (name, *(cell(value[name]) for value in values)) for name in FIGURES
    ]
    pairs = [_paired(results, number) for number in range(1, len(results))]
    rows += [(words, None, *(pair[name] for pair in pairs)) for name, words in AGAINST.items()]
    console.table(("figure", *(value["model"] for value in values)), [_models(values), *rows])


def _models(values: Sequence[dict[str, Any]]) -> tuple[object, ...]:
    return ("model", *(value["model"] for value in values))


def _paired(results: Sequence[Result], number: int) -> dict[str, Any]:
    from solver.evaluation.paired import compare

    first, other = results[0], results[number]
    return {"against": first[0].model, **asdict(compare(first[1], other[1]))}


def cell(value: object) -> object:
    """A figure of a summary as a table shows it: an interval as its two ends."""
    if isinstance(value, list):
        return "–".join(f"{number:.4f}" for number in value)
    return value
