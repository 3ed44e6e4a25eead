"""Curves of what a confidence or a likeness is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solver.charts import svg
from solver.charts.frame import HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axis, Frame


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points (x, y), each share from 0 to 1, and the point to mark on it."""

    name: str
    points: Sequence[tuple[float, float]]
    marked: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Reliability:
    """Answers of one confidence: mean confidence, share that is right, how many."""

    confidence: float
    accuracy: float
    count: int


def reliability(series: Sequence[Sequence[Reliability]], label: str) -> str:
    """A reliability diagram: each model's share of right answers over its confidence.

    Dots on the dashed diagonal are honest; their size grows with how many answers they stand for.
    """
    frame = Frame(Axis("confidence"), Axis("share that is right"))
    ideal = svg.line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "ideal")
    drawn = "".join(_reliable(frame, bins, number) for number, bins in enumerate(series))
    return svg.picture(WIDTH, HEIGHT, label, frame.draw(), ideal, drawn)


def _reliable(frame: Frame, bins: Sequence[Reliability], number: int) -> str:
    most = max((one.count for one in bins), default=0) or 1
    points = [(frame.x(one.confidence), frame.y(one.accuracy)) for one in bins]
    dots = (
        svg.circle(x, y, 2.5 + 3.5 * (one.count / most) ** 0.5, f"dot series{number}", _said(one))
        for (x, y), one in zip(points, bins, strict=True)
    )
    return svg.polyline(points, f"curve thin series{number}") + "".join(dots)


def _said(one: Reliability) -> str:
    return f"{one.count} answers: {one.confidence:.1%} sure, {one.accuracy:.1%} right"


def coverage_risk(series: Sequence[Curve], label: str) -> str:
    """Share of wrong answers over the share answered, the surest first, with the chosen point."""
    risks = [y for curve in series for _, y in curve.points]
    frame = Frame(
        Axis("share of the puzzles answered, the surest first"),
        Axis("wrong among them", 0.0, max([0.01, *risks])),
    )
    drawn = "".join(_curve(frame, curve, number) for number, curve in enumerate(series))
    return svg.picture(WIDTH, HEIGHT, label, frame.draw(), drawn)


def roc(series: Sequence[Curve], label: str) -> str:
    """Receiver operating characteristic: true finds over false alarms."""
    frame = Frame(
        Axis("other icons taken for the one asked for"),
        Axis("icons asked for that are found"),
    )
    chance = svg.line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), "ideal")
    drawn = "".join(_curve(frame, curve, number) for number, curve in enumerate(series))
    return svg.picture(WIDTH, HEIGHT, label, frame.draw(), chance, drawn)


def _curve(frame: Frame, curve: Curve, number: int) -> str:
    points = [(frame.x(x), frame.y(y)) for x, y in curve.points]
    drawn = svg.polyline(points, f"curve series{number}")
    if curve.marked is None:
        return drawn
    x, y = frame.x(curve.marked[0]), frame.y(curve.marked[1])
    words = f"{curve.marked[0]:.1%}: {curve.marked[1]:.2%} wrong"
    stem = svg.line(x, TOP, x, frame.y(frame.up.low), f"stem series{number}")
    left = x > (LEFT + WIDTH - RIGHT) / 2
    said = svg.text(x + (-6 if left else 6), TOP + 10, words, "tick", "end" if left else "start")
    return drawn + stem + svg.circle(x, y, 5, f"ring series{number}", words) + said
