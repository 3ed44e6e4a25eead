"""A drawing as pixels."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from solver.explain.shapes import Clipped, Drawing, Oval, Photo, Rectangle, Shape, Words
from solver.layout import resize
from solver.picture import Picture

#: Pixels that are drawn for one, on a side: edges come out smooth.
FINE = 2
#: Where text stands on the point it is drawn at, as Pillow writes it.
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def to_picture(drawing: Drawing) -> Picture:
    """The drawing as (H, W, 3) uint8 RGB."""
    size = (FINE * drawing.width, FINE * drawing.height)
    canvas = Image.new("RGB", size, drawing.ground)
    for shape in drawing.shapes:
        _draw(canvas, shape)
    return resize(np.asarray(canvas, np.uint8), drawing.width, drawing.height)


def _draw(canvas: Image.Image, shape: Shape) -> None:
    match shape:
        case Rectangle():
            _rectangle(canvas, shape)
        case Oval():
            _oval(canvas, shape)
        case Words():
            _words(canvas, shape)
        case Photo():
            pixels = resize(shape.pixels, _fine(shape.width), _fine(shape.height))
            canvas.paste(Image.fromarray(pixels), (_fine(shape.x), _fine(shape.y)))
        case Clipped():
            _clipped(canvas, shape)


def _clipped(canvas: Image.Image, shape: Clipped) -> None:
    left, top = _fine(shape.x), _fine(shape.y)
    box = (left, top, left + _fine(shape.width), top + _fine(shape.height))
    part = canvas.crop(box)
    for inner in shape.shapes:
        _draw(part, inner)
    canvas.paste(part, (left, top))


def _rectangle(canvas: Image.Image, one: Rectangle) -> None:
    # An outline lies on the edge, half of it outside, as in SVG.
    out = one.thickness / 2 if one.stroke else 0.0
    corners = (one.x - out, one.y - out, one.x + one.width + out, one.y + one.height + out)
    box = tuple(FINE * value for value in corners)
    ImageDraw.Draw(canvas).rounded_rectangle(
        box,
        FINE * (one.radius + out),
        fill=one.fill,
        outline=one.stroke,
        width=_fine(one.thickness) if one.stroke else 0,
    )


def _oval(canvas: Image.Image, one: Oval) -> None:
    turn = np.linspace(0, 2 * np.pi, 241)
    along, across = one.across * np.cos(turn), one.up * np.sin(turn)
    cos, sin = np.cos(one.turn), np.sin(one.turn)
    points = np.stack((one.x + along * cos - across * sin, one.y + along * sin + across * cos), 1)
    fixed = np.round(points * FINE * 16).astype(np.int32)
    pixels = np.array(canvas)
    colour = tuple(int(one.stroke[k : k + 2], 16) for k in (1, 3, 5))
    cv2.polylines(pixels, [fixed], True, colour, max(1, _fine(one.thickness)), cv2.LINE_AA, 4)
    canvas.paste(Image.fromarray(pixels))


def _words(canvas: Image.Image, one: Words) -> None:
    stroke = _fine(one.size / 8) if one.halo else 0
    ImageDraw.Draw(canvas).text(
        (FINE * one.x, FINE * one.y),
        one.text,
        fill=one.colour,
        font=_font(FINE * one.size),
        anchor=ANCHORS[one.anchor],
        stroke_width=stroke,
        stroke_fill=one.halo,
    )


def _fine(value: float) -> int:
    return round(FINE * value)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
