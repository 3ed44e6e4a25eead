"""Turns marks as labelling tools write them into boxes that can be trusted."""

import math
from typing import Any

from solver.errors import DatasetError
from solver.solution import TILES, Box

#: Side of the patch that a point stands for, in tiles.
POINT_PATCH = 0.2
#: Height of a composite picture in tiles.
ROWS = 2
#: How far a box may stick out of the picture (fraction) before it is worth a word.
OVERHANG = 0.005


class BadRegion(DatasetError):
    """A mark cannot be used; the message says why."""


def number(value: Any, name: str) -> float:
    """A finite number, or BadRegion."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadRegion(f"{name} is not a number")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise BadRegion(f"{name} is not a finite number")
    return result


def rectangle(x: float, y: float, width: float, height: float) -> Box:
    """A box (fractions) cut to the picture; BadRegion if it is empty or lies outside."""
    if width <= 0 or height <= 0:
        raise BadRegion("its width and height must be above zero")
    left, top = max(x, 0.0), max(y, 0.0)
    right, bottom = min(x + width, 1.0), min(y + height, 1.0)
    if right <= left or bottom <= top:
        raise BadRegion("it lies outside the picture")
    if left == x and top == y and right == x + width and bottom == y + height:
        return Box(x, y, width, height)
    return Box(left, top, right - left, bottom - top)


def overhangs(x: float, y: float, width: float, height: float) -> bool:
    """Whether a box (fractions) sticks out of the picture by more than a rounding error."""
    return min(x, y) < -OVERHANG or max(x + width, y + height) > 1 + OVERHANG


def patch(x: float, y: float, aspect: float = TILES / ROWS) -> Box:
    """The square patch that a point (x, y, fractions) stands for; `aspect` is width by height."""
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise BadRegion("it lies outside the picture")
    width = POINT_PATCH / TILES
    height = width * aspect
    return Box(x - width / 2, y - height / 2, width, height)


def upright(box: Box, degrees: float, aspect: float) -> Box:
    """The upright box (fractions) around one turned clockwise about its top left corner."""
    turn = math.radians(degrees)
    cos, sin = math.cos(turn), math.sin(turn)
    wide, high = box.width, box.height / aspect
    corners = [(0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high)]
    across = [x * cos - y * sin for x, y in corners]
    down = [(x * sin + y * cos) * aspect for x, y in corners]
    width, height = max(across) - min(across), max(down) - min(down)
    return Box(box.x + min(across), box.y + min(down), width, height)


def aspect_of(width: Any, height: Any) -> float:
    """Width by height of a picture, that of a composite where the two are no use."""
    try:
        ratio = number(width, "width") / number(height, "height")
    except (BadRegion, ZeroDivisionError):
        return TILES / ROWS
    return ratio if 0.01 < ratio < 100 else TILES / ROWS
