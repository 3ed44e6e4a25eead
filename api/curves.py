"""Curves of evaluations as the page's script draws them, in the words of `static/chart.js`."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]

#: Curves in one chart.
MOST = 4
#: Half the width of a 95% interval, in standard deviations of a normal distribution.
Z95 = 1.959963984540054


def reliability(bins: Sequence[Json]) -> Json | None:
    """How often answers are right, by how sure they are; None where there are none."""
    told = [one for one in bins if one["count"]]
    if not told:
        return None
    sure = [_percent(one["confidence"]) for one in told]
    ends = [_wilson(one["accuracy"], one["count"]) for one in told]
    right = {
        "label": "Right",
        "values": [None, *_percents(told, "accuracy"), None],
        "low": [None, *(low for low, _ in ends), None],
        "high": [None, *(high for _, high in ends), None],
        "kind": "points",
    }
    whole = [0.0, *sure, 100.0]
    guide = {"label": "As often as sure", "values": whole, "kind": "guide"}
    return _chart("Sure, %", whole, [right, guide])


def _wilson(share: float, count: int) -> tuple[float, float]:
    """The 95% score interval of a share (Wilson 1927), in per cent."""
    bend = Z95**2 / count
    middle = (share + bend / 2) / (1 + bend)
    half = Z95 / (1 + bend) * math.sqrt(share * (1 - share) / count + bend / (4 * count))
    return _percent(max(0.0, middle - half)), _percent(min(1.0, middle + half))


def coverage_risk(points: Sequence[Json]) -> Json | None:
    """How often answers are wrong, by how many of the puzzles are answered."""
    if not points:
        return None
    wrong = _percents(points, "risk")
    chosen: list[float | None] = [None] * len(points)
    chosen[-1] = wrong[-1]
    return _chart(
        "Answered, %",
        _percents(points, "coverage"),
        [
            {"label": "Wrong", "values": wrong, "points": False},
            {"label": "Chosen", "values": chosen, "kind": "points"},
        ],
    ) | {"max": None, "digits": 2}


def roc(curves: Mapping[str, Sequence[Json]]) -> Json | None:
    """Icons that are found, by other icons that pass for them; curves share their x."""
    drawn = {name: points for name, points in curves.items() if points}
    if not drawn:
        return None
    first = next(iter(drawn.values()))
    return _chart(
        "False, %",
        _percents(first, "false"),
        [
            {"label": name, "values": _percents(points, "true"), "points": False}
            for name, points in list(drawn.items())[:MOST]
        ],
    )


def _chart(label: str, across: Sequence[float], series: list[Json]) -> Json:
    return {
        "label": label,
        "x": across,
        "unit": " %",
        "digits": 1,
        "min": 0,
        "max": 100,
        "height": 230,
        "legend": True,
        "series": series,
    }


def _percents(points: Sequence[Json], name: str) -> list[float]:
    return [_percent(point[name]) for point in points]


def _percent(share: float) -> float:
    return round(100 * share, 3)
