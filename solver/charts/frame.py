"""The frame of a chart: its axes, their ticks and titles."""

from __future__ import annotations

from dataclasses import dataclass

from solver.charts import svg
from solver.charts.scale import Scale, labels, ticks

#: Size of a chart and the room around its plot for ticks and titles, SVG units.
WIDTH, HEIGHT = 360.0, 270.0
LEFT, TOP, RIGHT, BOTTOM = 52.0, 12.0, 20.0, 46.0


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows: its title, and its range of shares."""

    title: str
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Two axes at right angles; x grows to the right and y upwards."""

    across: Axis
    up: Axis

    @property
    def x(self) -> Scale:
        """Where a value stands from left to right."""
        return Scale(self.across.low, self.across.high, LEFT, WIDTH - RIGHT)

    @property
    def y(self) -> Scale:
        """Where a value stands from the bottom to the top."""
        return Scale(self.up.low, self.up.high, HEIGHT - BOTTOM, TOP)

    def draw(self) -> str:
        """Grid, ticks and titles."""
        return self._across() + self._up()

    def _across(self) -> str:
        values = ticks(self.across.low, self.across.high)
        words = labels(values)
        marks = "".join(
            svg.text(self.x(value), HEIGHT - BOTTOM + 16, word, "tick", "middle")
            for value, word in zip(values, words, strict=True)
        )
        middle = (LEFT + WIDTH - RIGHT) / 2
        floor = svg.line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "axis")
        return floor + marks + svg.text(middle, HEIGHT - 8, self.across.title, "quiet", "middle")

    def _up(self) -> str:
        values = ticks(self.up.low, self.up.high)
        words = labels(values)
        marks = "".join(
            svg.line(LEFT, self.y(value), WIDTH - RIGHT, self.y(value), "grid")
            + svg.text(LEFT - 7, self.y(value) + 4, word, "tick", "end")
            for value, word in zip(values, words, strict=True)
        )
        turned = {
            "transform": f"translate(12 {svg.number((TOP + HEIGHT - BOTTOM) / 2)}) rotate(-90)"
        }
        return marks + svg.element("g", turned, svg.text(0, 0, self.up.title, "quiet", "middle"))
