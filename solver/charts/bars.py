"""Horizontal bars, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solver.charts import svg
from solver.charts.words import shortened

#: Columns: the name, the longest bar, the words behind it; the height of one bar and of the gap.
WIDTH, NAME, LONGEST = 360.0, 96.0, 160.0
BAR, GAP = 16.0, 10.0
LETTERS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """How long a bar is, at least 0, and what is written behind it."""

    value: float
    words: str


def bars(rows: Sequence[tuple[str, Sequence[Bar]]], label: str) -> str:
    """Bars to one scale; a row has one for each model that is compared."""
    most = max((bar.value for _, many in rows for bar in many), default=0.0) or 1.0
    drawn, top = "", GAP / 2
    for name, many in rows:
        tall = BAR * max(1, len(many))
        shown = svg.text(NAME - 10, top + tall / 2 + 4, shortened(name, LETTERS), "", "end")
        drawn += shown + "".join(
            _bar(bar, most, top + BAR * number, number) for number, bar in enumerate(many)
        )
        top += tall + GAP
    return svg.picture(WIDTH, max(top, BAR), label, drawn)


def _bar(bar: Bar, most: float, y: float, number: int) -> str:
    length = LONGEST * bar.value / most
    drawn = svg.rectangle(NAME, y + 1, length, BAR - 2, f"bar series{number}") if length else ""
    kind = "figure" if length else "tick"
    return drawn + svg.text(NAME + length + 6, y + BAR - 4, bar.words, kind)
