"""Charts as SVG text: pure functions of numbers, for pages without a script.

Colours come from the page by class: `series0`, `series1` for what is drawn, `axis`, `grid`, `quiet`
and `ideal` for what is around it.
"""

from solver.charts.bars import Bar, bars
from solver.charts.curves import Curve, Reliability, coverage_risk, reliability, roc
from solver.charts.intervals import Interval, intervals
from solver.charts.matrix import matrix

__all__ = [
    "Bar",
    "Curve",
    "Interval",
    "Reliability",
    "bars",
    "coverage_risk",
    "intervals",
    "matrix",
    "reliability",
    "roc",
]
