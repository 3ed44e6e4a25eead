"""A drawing as SVG: text stays text, pictures are within it."""

from __future__ import annotations

import base64
import io
import math

from PIL import Image

from solver.charts import svg
from solver.explain.shapes import Clipped, Drawing, Oval, Photo, Rectangle, Shape, Words

#: Fonts of the text, the first that is there.
FONTS = "Inter, 'Segoe UI', system-ui, 'Helvetica Neue', Arial, sans-serif"
#: Quality of the JPEG that pictures are stored as.
QUALITY = 90


def to_svg(drawing: Drawing) -> str:
    """The drawing as one file that needs no other."""
    width, height = drawing.width, drawing.height
    about = {
        "xmlns": svg.SPACE,
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "role": "img",
        "font-family": FONTS,
    }
    title = svg.element("title", {}, svg.plain(drawing.title))
    ground = svg.element("rect", {"width": width, "height": height, "fill": drawing.ground})
    return svg.element("svg", about, title, ground, *map(_drawn, drawing.shapes)) + "\n"


def _drawn(shape: Shape) -> str:
    match shape:
        case Rectangle():
            return _rectangle(shape)
        case Oval():
            return _oval(shape)
        case Words():
            return _words(shape)
        case Photo():
            return _photo(shape)
        case Clipped():
            place = {"x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height}
            return svg.element("svg", place, *map(_drawn, shape.shapes))


def _rectangle(one: Rectangle) -> str:
    return svg.element(
        "rect",
        {
            "x": one.x,
            "y": one.y,
            "width": one.width,
            "height": one.height,
            "rx": one.radius or None,
            "fill": one.fill or "none",
            "stroke": one.stroke,
            "stroke-width": one.thickness if one.stroke else None,
        },
    )


def _oval(one: Oval) -> str:
    turn = f"rotate({svg.number(math.degrees(one.turn))} {svg.number(one.x)} {svg.number(one.y)})"
    shape = {"cx": one.x, "cy": one.y, "rx": one.across, "ry": one.up}
    line = {"fill": "none", "stroke": one.stroke, "stroke-width": one.thickness}
    return svg.element("ellipse", {**shape, **line, "transform": turn if one.turn else None})


def _words(one: Words) -> str:
    place = {"x": one.x, "y": one.y, "font-size": one.size, "fill": one.colour}
    anchor = None if one.anchor == "start" else one.anchor
    halo = {"stroke": one.halo, "stroke-width": one.size / 4, "paint-order": "stroke"}
    around = {**halo, "stroke-linejoin": "round"} if one.halo else {}
    return svg.element("text", {**place, "text-anchor": anchor, **around}, svg.plain(one.text))


def _photo(one: Photo) -> str:
    data = io.BytesIO()
    Image.fromarray(one.pixels).save(data, "JPEG", quality=QUALITY)
    address = "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()
    place = {"x": one.x, "y": one.y, "width": one.width, "height": one.height}
    title = svg.element("title", {}, svg.plain(one.name))
    return svg.element("image", {**place, "preserveAspectRatio": "none", "href": address}, title)
