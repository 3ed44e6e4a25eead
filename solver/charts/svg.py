"""The few words of SVG that charts and drawings are written in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

SPACE = "http://www.w3.org/2000/svg"


def element(name: str, attributes: Mapping[str, object], *children: str) -> str:
    """An element; attributes that are None are left out, numbers are rounded, all is escaped."""
    given = "".join(
        f" {key}={quoteattr(_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{''.join(children)}</{name}>" if children else f"<{name}{given}/>"


def picture(width: float, height: float, label: str, *children: str) -> str:
    """A whole SVG, whose `label` is what a screen reader says of it."""
    box = f"0 0 {number(width)} {number(height)}"
    about = {"xmlns": SPACE, "viewBox": box, "role": "img", "aria-label": label}
    return element("svg", about, *children)


def text(x: float, y: float, words: object, kind: str = "", anchor: str = "start") -> str:
    """A line of text with its anchor (start, middle, end) at a point."""
    where = {"x": x, "y": y, "class": kind or None}
    return element(
        "text", {**where, "text-anchor": None if anchor == "start" else anchor}, plain(words)
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """A straight line."""
    return element("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "class": kind})


def rectangle(x: float, y: float, width: float, height: float, kind: str) -> str:
    """A rectangle with slightly round corners."""
    place = {"x": x, "y": y, "width": width, "height": height, "rx": 2, "class": kind}
    return element("rect", place)


def circle(x: float, y: float, radius: float, kind: str, title: str = "") -> str:
    """A circle; its `title` is shown under a pointer."""
    titled = (element("title", {}, plain(title)),) if title else ()
    return element("circle", {"cx": x, "cy": y, "r": radius, "class": kind}, *titled)


def polyline(points: Iterable[tuple[float, float]], kind: str) -> str:
    """Straight lines from point to point, (x, y)."""
    joined = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return element("polyline", {"points": joined, "class": kind})


def plain(words: object) -> str:
    """Text that is safe between tags: escaped, without characters that XML forbids."""
    return escape(_clean(words))


def number(value: float) -> str:
    """A coordinate with two decimals at most; ValueError where it is not finite."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no coordinate")
    return f"{round(float(value), 2):g}" if abs(value) < 1e5 else f"{value:.0f}"


def _value(value: object) -> str:
    return number(value) if isinstance(value, int | float) else _clean(value)


def _clean(words: object) -> str:
    return "".join(c if _allowed(c) else "\N{REPLACEMENT CHARACTER}" for c in str(words))


def _allowed(character: str) -> bool:
    code = ord(character)
    return (
        character in "\t\n\r"
        or (code >= 0x20 and not 0xD800 <= code < 0xE000 and code < 0xFFFE)
        or code > 0xFFFF
    )
