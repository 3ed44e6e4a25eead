"""An answer drawn over its picture, in pixels of the picture, beside what the label says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from solver.charts import svg
from solver.evaluation import Outcome
from solver.reports.notes import Sketch
from solver.solution import TILES


def drawn(picture: str, outcomes: Sequence[Outcome], sketches: Sequence[Sketch | None]) -> str:
    """An SVG of a picture, given as an address, with the answer of each model and the label's `+`.

    The outcomes are those of one puzzle; at least one of them knows the picture's size.
    """
    width, height = next(outcome.size for outcome in outcomes if outcome.size)
    image = svg.element("image", {"href": picture, "width": width, "height": height})
    layers = [image, *_hint(sketches)]
    for number, (outcome, sketch) in enumerate(zip(outcomes, sketches, strict=True)):
        layers += _answer(outcome, sketch, width / TILES, number)
    layers += _truth(outcomes)
    return svg.picture(width, height, f"{outcomes[0].image}: {_spoken(outcomes)}", *layers)


def _spoken(outcomes: Sequence[Outcome]) -> str:
    """What was answered, in words."""
    said = ("not solved" if one.tile is None else f"tile {one.tile}" for one in outcomes)
    return f"answered {', '.join(said)}; label: tile {outcomes[0].answer or '?'}"


def _hint(sketches: Sequence[Sketch | None]) -> Iterator[str]:
    sketch = next((one for one in sketches if one is not None), None)
    for box in () if sketch is None else sketch.hint:
        yield svg.rectangle(box.x, box.y, box.width, box.height, "hint")


def _answer(outcome: Outcome, sketch: Sketch | None, side: float, number: int) -> Iterator[str]:
    if outcome.tile is None or outcome.point is None:
        return
    left = side * (outcome.tile - 1)
    inset = 2.0 + 6 * number
    inner = side - 2 * inset
    yield svg.rectangle(left + inset, inset, inner, inner, f"said{number}")
    if sketch is not None:
        yield _orbit(sketch, left, side)
    x, y = outcome.point
    for kind in ("halo", f"said{number}"):
        yield svg.circle(x, y, side * (0.1 + 0.025 * number), kind)


def _orbit(sketch: Sketch, left: float, side: float) -> str:
    """The orbit asked for; what leaves the tile is cut off by an SVG of its own."""
    ratio, angle = sketch.ellipse
    x, y = sketch.centre
    turned = f"rotate({svg.number(math.degrees(angle))} {svg.number(x)} {svg.number(y)})"
    oval = {"cx": x, "cy": y, "rx": sketch.radius, "ry": sketch.radius * ratio, "transform": turned}
    ring = svg.element("ellipse", {**oval, "class": "orbit"})
    sun = svg.circle(x, y, side * 0.015, "sun")
    return svg.element("svg", {"x": left, "y": 0, "width": side, "height": side}, ring, sun)


def _truth(outcomes: Sequence[Outcome]) -> Iterator[str]:
    box = next((outcome.box for outcome in outcomes if outcome.box), None)
    if box is not None:
        yield from (svg.rectangle(*box, kind) for kind in ("halo", "truth"))
