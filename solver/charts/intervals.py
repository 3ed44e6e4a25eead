"""Shares with their intervals, a row each: what slices of an evaluation look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solver.charts import svg
from solver.charts.scale import Scale, labels, ticks
from solver.charts.words import shortened

#: Widths of the picture and of its columns of names and plots; the figures have the rest.
WIDTH, NAME, PLOT = 360.0, 100.0, 108.0
#: Heights of the gap between rows, of a line in a row, and of the axis.
ROW, LINE, AXIS = 8.0, 16.0, 24.0
#: Letters of a name that have room.
LETTERS = 12


@dataclass(frozen=True, slots=True)
class Interval:
    """A share, its interval, and how many it is of; one for each model that is compared."""

    value: float
    low: float
    high: float
    count: int


def intervals(rows: Sequence[tuple[str, Sequence[Interval]]], label: str) -> str:
    """A dot with whiskers for every share; all rows share one axis of shares."""
    least = min((one.low for _, many in rows for one in many), default=0.0)
    scale = Scale(_floor(least), 1.0, NAME, NAME + PLOT)
    heights = [ROW + LINE * max(1, len(many)) for _, many in rows]
    height = sum(heights) + AXIS
    drawn, top = _axis(scale, height), 0.0
    for (name, many), tall in zip(rows, heights, strict=True):
        drawn += _row(name, many, scale, top, tall)
        top += tall
    return svg.picture(WIDTH, height, label, drawn)


def _floor(least: float) -> float:
    """Where the axis begins: a quarter or a half below 1 where that shows every interval."""
    return next((low for low in (0.9, 0.75, 0.5) if least >= low), 0.0)


def _axis(scale: Scale, height: float) -> str:
    values = ticks(scale.low, scale.high, 2)
    words = labels(values)
    lines = (svg.line(scale(v), 0, scale(v), height - AXIS, "grid") for v in values)
    marks = (
        svg.text(scale(v), height - AXIS + 15, word, "tick", "middle")
        for v, word in zip(values, words, strict=True)
    )
    return "".join((*lines, *marks))


def _row(name: str, many: Sequence[Interval], scale: Scale, top: float, tall: float) -> str:
    middle = top + tall / 2
    title = svg.element("title", {}, svg.plain(name))
    shown = svg.text(NAME - 10, middle + 4, shortened(name, LETTERS), "", "end")
    drawn = svg.element("g", {}, title, shown)
    first = middle - LINE * (len(many) - 1) / 2
    for number, one in enumerate(many):
        drawn += _whisker(one, scale, first + LINE * number, number)
    return drawn


def _whisker(one: Interval, scale: Scale, y: float, number: int) -> str:
    words = f"{one.value:.3f} {one.low:.3f}–{one.high:.3f}"
    return (
        svg.line(scale(one.low), y, scale(one.high), y, f"whisker series{number}")
        + svg.circle(scale(one.value), y, 4, f"dot series{number}", f"{words} of {one.count}")
        + svg.text(NAME + PLOT + 10, y + 4, words, "figure")
        + svg.text(WIDTH, y + 4, f"{one.count}", "tick", "end")
    )
