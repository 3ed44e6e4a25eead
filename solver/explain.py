"""One picture of everything that the stages saw on the way to an answer."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from solver.crops import MARGIN, cut
from solver.layout import resize
from solver.picture import Picture
from solver.solution import TILES, Box, Planet, Solution

#: Side in pixels of a tile in the drawing, twice the usual one.
SIDE = 400

#: Colours, RGB.
INK = (226, 232, 240)
FAINT = (100, 116, 139)
PANEL = (15, 23, 42)
ORBIT = (148, 163, 184)
ASKED = (250, 204, 21)
CHOSEN = (34, 197, 94)
SECOND = (251, 146, 60)
PLANET = (56, 189, 248)

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def draw(picture: Picture, solution: Solution) -> Picture:
    """Draw a solution over its picture.

    Args:
        picture: (H, W, 3) uint8 RGB, the input as decoded.
        solution: its answer, in pixels of that picture.

    Returns:
        (800, 2000, 3) uint8: the tiles with orbits and planets, below them the hint and a panel
        with the probabilities of digits and tiles and the patches that were compared.
    """
    width = TILES * SIDE
    scale = width / picture.shape[1]
    large = resize(picture, width, round(picture.shape[0] * scale))
    canvas = Image.new("RGB", (width, 2 * SIDE), PANEL)
    for tile in range(1, TILES + 1):
        shown = large[:SIDE, SIDE * (tile - 1) : SIDE * tile]
        canvas.paste(_tile(shown, tile, solution, scale), (SIDE * (tile - 1), 0))
    canvas.paste(_hint(large[SIDE : 2 * SIDE, :SIDE], solution, scale), (0, SIDE))
    _panel(canvas, large, solution, scale)
    return np.asarray(canvas, np.uint8)


def _tile(shown: Picture, tile: int, solution: Solution, scale: float) -> Image.Image:
    lined = np.ascontiguousarray(shown)
    _orbits(lined, solution, scale)
    image = Image.fromarray(lined)
    pen = ImageDraw.Draw(image)
    planets = [p for p in solution.seen.planets if p.tile == tile]
    best = _chosen(solution) if tile == solution.tile else _likeliest(planets)
    for planet in planets:
        _planet(pen, planet, tile, solution, scale, named=planet is best)
    if tile == solution.tile:
        pen.rectangle((1, 1, SIDE - 2, SIDE - 2), outline=CHOSEN, width=5)
    elif tile == solution.seen.runner_up:
        pen.rectangle((1, 1, SIDE - 2, SIDE - 2), outline=SECOND, width=3)
    probability = solution.seen.tile_probabilities[tile - 1]
    _label(pen, (10, 8), f"{tile}  {probability:.1%}", _font(20), INK)
    return image


def _orbits(shown: Picture, solution: Solution, scale: float) -> None:
    centre = np.array(solution.seen.centre) * scale
    ratio, angle = solution.seen.ellipse
    turn = np.linspace(0, 2 * np.pi, 181)
    cos, sin = np.cos(angle), np.sin(angle)
    for rank, radius in enumerate(solution.seen.orbits, start=1):
        along, across = radius * np.cos(turn), radius * ratio * np.sin(turn)
        points = np.stack((along * cos - across * sin, along * sin + across * cos), axis=1)
        fixed = np.round((centre + points * scale) * 16).astype(np.int32)
        asked = rank == solution.digit
        cv2.polylines(shown, [fixed], False, PANEL, 5 if asked else 3, cv2.LINE_AA, 4)
        colour = ASKED if asked else ORBIT
        cv2.polylines(shown, [fixed], False, colour, 3 if asked else 2, cv2.LINE_AA, 4)
    x, y = (round(float(value)) for value in centre)
    cv2.drawMarker(shown, (x, y), (0, 0, 0), cv2.MARKER_CROSS, 24, 5, cv2.LINE_AA)
    cv2.drawMarker(shown, (x, y), ASKED, cv2.MARKER_CROSS, 22, 2, cv2.LINE_AA)


def _planet(
    pen: ImageDraw.ImageDraw,
    planet: Planet,
    tile: int,
    solution: Solution,
    scale: float,
    *,
    named: bool,
) -> None:
    x, y = planet.x * scale - SIDE * (tile - 1), planet.y * scale
    reach = 0.62 * planet.size * scale
    box = (x - reach, y - reach, x + reach, y + reach)
    colour, width = _paint(planet, tile, solution) if named else (PLANET, 1)
    pen.ellipse(tuple(_grown(box, 1)), outline=(0, 0, 0), width=width + 2)
    pen.ellipse(box, outline=colour, width=width)
    rank = f"{planet.rank}"
    _label(pen, (x + 0.72 * reach, y + 0.5 * reach), rank, _font(15), colour)
    if named or planet.match_probability >= 0.02:
        _label(
            pen, (x - reach, y - reach - 18), f"{planet.match_probability:.2f}", _font(14), colour
        )


def _paint(planet: Planet, tile: int, solution: Solution) -> tuple[Colour, int]:
    if tile == solution.tile:
        return CHOSEN, 4
    return (SECOND, 3) if tile == solution.seen.runner_up else (INK, 2)


def _hint(shown: Picture, solution: Solution, scale: float) -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), PANEL)
    image.paste(Image.fromarray(np.ascontiguousarray(shown)), (0, 0))
    pen = ImageDraw.Draw(image)
    boxes = ((solution.seen.digit_box, ASKED, "digit"), (solution.seen.icon_box, CHOSEN, "icon"))
    for box, colour, name in boxes:
        if box is None:
            continue
        corners = (box.x, box.y, box.x + box.width, box.y + box.height)
        left, top, right, bottom = (value * scale for value in corners)
        frame = _grown((left, top - SIDE, right, bottom - SIDE), 5)
        pen.rectangle(frame, outline=colour, width=3)
        _label(pen, (frame[0], max(2.0, frame[1] - 21)), name, _font(15), colour)
    return image


def _panel(canvas: Image.Image, large: Picture, solution: Solution, scale: float) -> None:
    pen = ImageDraw.Draw(canvas)
    left, top = SIDE + 40, SIDE
    headline = f"Tile {solution.tile}: the icon stands on orbit {solution.digit}"
    pen.text((left, top + 26), headline, font=_font(34), fill=INK)
    note = f"confidence {solution.confidence:.1%}, runner-up tile {solution.seen.runner_up}"
    pen.text((left, top + 72), note, font=_font(20), fill=FAINT)
    digits = solution.seen.digit_probabilities
    _bars(pen, (left, top + 128), "Digit", digits, solution.digit, ASKED)
    tiles = solution.seen.tile_probabilities
    _bars(pen, (left + 400, top + 128), "Tile", tiles, solution.tile, CHOSEN)
    _patches(canvas, pen, large, solution, scale)


def _bars(
    pen: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    title: str,
    values: Sequence[float],
    marked: int,
    colour: Colour,
) -> None:
    left, top = corner
    pen.text((left, top), title, font=_font(20), fill=INK)
    for number, value in enumerate(values, start=1):
        y = top + 36 + 40 * (number - 1)
        fill = colour if number == marked else FAINT
        pen.text((left, y), str(number), font=_font(20), fill=fill)
        pen.rounded_rectangle((left + 30, y + 2, left + 250, y + 24), 6, fill=(30, 41, 59))
        if value >= 0.005:
            pen.rounded_rectangle((left + 30, y + 2, left + 34 + 216 * value, y + 24), 6, fill=fill)
        pen.text((left + 264, y), f"{value:.3f}", font=_font(20), fill=fill)


def _patches(
    canvas: Image.Image,
    pen: ImageDraw.ImageDraw,
    large: Picture,
    solution: Solution,
    scale: float,
) -> None:
    seen = solution.seen
    second = _likeliest([p for p in seen.planets if p.tile == seen.runner_up])
    shown: list[tuple[str, Picture | None, Colour]] = [
        ("asked for", _around(large, seen.icon_box, scale), INK),
        ("answer", _patch(large, _chosen(solution), scale), CHOSEN),
        ("runner-up", _patch(large, second, scale), SECOND),
    ]
    for number, (name, patch, colour) in enumerate(shown):
        x, y = SIDE + 860 + 240 * number, SIDE + 128
        pen.text((x, y), name, font=_font(20), fill=colour)
        if patch is not None:
            canvas.paste(Image.fromarray(patch), (x, y + 36))
            pen.rectangle((x - 3, y + 33, x + 202, y + 238), outline=colour, width=3)


def _patch(large: Picture, planet: Planet | None, scale: float) -> Picture | None:
    if planet is None:
        return None
    middle = np.array([[planet.x * scale, planet.y * scale]])
    return np.asarray(cut(large, middle, np.array([MARGIN * planet.size * scale]), 200)[0])


def _around(large: Picture, box: Box | None, scale: float) -> Picture | None:
    if box is None:
        return None
    side = 1.25 * max(box.width, box.height) * scale
    return np.asarray(cut(large, np.array([box.centre]) * scale, np.array([side]), 200)[0])


def _chosen(solution: Solution) -> Planet | None:
    inside = [p for p in solution.seen.planets if p.tile == solution.tile]
    x, y = solution.point
    return min(inside, key=lambda p: (p.x - x) ** 2 + (p.y - y) ** 2, default=None)


def _likeliest(planets: Sequence[Planet]) -> Planet | None:
    return max(planets, key=lambda p: p.match_probability, default=None)


def _label(
    pen: ImageDraw.ImageDraw, corner: tuple[float, float], text: str, font: Font, colour: Colour
) -> None:
    """Text that stays legible on any ground."""
    pen.text(corner, text, font=font, fill=colour, stroke_width=3, stroke_fill=(0, 0, 0))


def _grown(box: tuple[float, ...], by: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    return left - by, top - by, right + by, bottom + by


def _font(size: int) -> Font:
    return ImageFont.load_default(size)
