"""Charts as the page's script draws them, in the words of `static/chart.js`."""

from collections.abc import Sequence
from typing import Any, Literal

from store.history import Point

Json = dict[str, Any]

#: Series in a chart of the accuracy.
SERIES = 4


def throughput(minutes: Sequence[tuple[int, int]]) -> Json:
    """Pictures solved in each minute."""
    return {
        "x": [minute for minute, _ in minutes],
        "time": True,
        "min": 0,
        "height": 190,
        "series": [{"label": "Pictures", "values": [n for _, n in minutes], "kind": "bars"}],
    }


def accuracy(points: Sequence[Point], by: Literal["dataset", "model"] = "dataset") -> Json:
    """Accuracy over time in per cent, with intervals; a series a dataset, or a model.

    `points`: the oldest first; the series with the latest points are drawn.
    """
    names: dict[str, str] = {}
    for point in reversed(points):
        if len(names) < SERIES:
            names.setdefault(*_named(point, by))
    drawn = [point for point in points if _named(point, by)[0] in names]
    return {
        "x": [round(point.at.timestamp()) for point in drawn],
        "time": True,
        "unit": " %",
        "digits": 1,
        "max": 100,
        "height": 190,
        "series": [_series(key, label, drawn, by) for key, label in names.items()],
    }


def _named(point: Point, by: str) -> tuple[str, str]:
    """The series that a point belongs to, and what it is called."""
    return (point.model, point.model) if by == "model" else (point.dataset_id, point.dataset_name)


def _series(key: str, label: str, points: Sequence[Point], by: str) -> Json:
    mine = [point if _named(point, by)[0] == key else None for point in points]
    return {
        "label": label,
        "values": [_percent(point.accuracy if point else None) for point in mine],
        "low": [_percent(point.low if point else None) for point in mine],
        "high": [_percent(point.high if point else None) for point in mine],
    }


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 2)
