"""Random bodies of planets: closed curves in layers, with rims, shades, halves and shadows."""

from __future__ import annotations

import numpy as np

from solver.nets.run import Floats
from solver.picture import Picture
from solver.train.degrade import Rng
from solver.train.wild.canvas import apart, colour, fill, outline, paste, stroke, window
from solver.train.wild.suns import glow


def body(canvas: Picture, point: Floats, reach: float, form: Rng, paint: Rng) -> None:
    """Draw what an icon stands on, `reach` pixels wide to each side.

    Equal states of `form` draw the same shape; `paint` chooses its colours.
    """
    around = window(canvas, point, reach).reshape(-1, 3).mean(axis=0)
    first = apart(around, 35.0, paint)
    kind = form.random()
    if kind < 0.12:
        soft = np.minimum(1, 1.6 * glow(reach * form.uniform(1.0, 1.5), form))
        paste(canvas, point, first, soft)
        return
    curve = outline(form) * reach
    if form.random() < 0.2:
        shadow = point + form.normal(0, 0.12, 2) * reach
        fill(canvas, shadow + curve, around * 0.4)
    if kind < 0.25:
        _rim(canvas, point + curve, first, form)
        return
    if kind < 0.4:
        _shaded(canvas, point, curve, first, form, paint)
    else:
        fill(canvas, point + curve, first)
    _dress(canvas, point, curve, first, form, paint)


def _dress(
    canvas: Picture, point: Floats, curve: Floats, first: Floats, form: Rng, paint: Rng
) -> None:
    kind = form.random()
    if kind < 0.2:
        half = curve[: len(curve) // 2 + 1]
        fill(canvas, point + half, apart(first, 30.0, paint))
    elif kind < 0.45:
        shrink = 1.0
        for _ in range(int(form.integers(1, 4))):
            shrink *= form.uniform(0.75, 0.93)
            inner = curve if form.random() < 0.7 else outline(form) * np.abs(curve).max()
            fill(canvas, point + inner * shrink, colour(paint))
    if form.random() < 0.4:
        shade = apart(first, 40.0, paint)
        _rim(canvas, point + curve * form.uniform(0.85, 1.0), shade, form)


def _rim(canvas: Picture, line: Floats, shade: Floats, form: Rng) -> None:
    width = int(form.integers(1, 5))
    if len(line) < 40 or form.random() < 0.7:
        stroke(canvas, line, shade, width)
        return
    run = int(form.integers(2, 6))
    drawn = int(form.integers(1, run))
    for start in range(0, len(line), run):
        stroke(canvas, line[start : start + drawn + 1], shade, width, closed=False)


def _shaded(
    canvas: Picture, point: Floats, curve: Floats, first: Floats, form: Rng, paint: Rng
) -> None:
    """A body that changes from one colour to another, along a line or around a light."""
    half = int(np.abs(curve).max()) + 2
    cover = np.zeros((2 * half + 1, 2 * half + 1, 3), np.uint8)
    fill(cover, curve + half, np.full(3, 255.0))
    x = np.arange(-half, half + 1, dtype=np.float32)[None] / half
    light = form.uniform(-0.6, 0.6, 2)
    if form.random() < 0.5:
        share = np.hypot(x - light[0], x.T - light[1]) * form.uniform(0.5, 1)
    else:
        share = 0.5 + x * light[0] + x.T * light[1]
    other = first * 0.35 if form.random() < 0.5 else colour(paint)
    mixed = first + (other - first) * np.clip(share, 0, 1)[:, :, None]
    paste(canvas, point, mixed, cover[:, :, 0].astype(np.float32) / 255)
