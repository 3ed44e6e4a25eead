"""Colour schemes: a background and the colours that go with it."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

from solver.generate.chance import Rng, between, pick

Colour = tuple[float, float, float]

BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (255.0, 255.0, 255.0)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A theme: its name, background colours (two ends of a gradient) and how vivid planets are.

    `saturation` and `value` are ranges of HSV for planets; `hues` limits them to a part of the
    circle when not None. `busy`: what lies behind planets is so restless that they need rims.
    """

    theme: str
    ground: tuple[Colour, Colour]
    saturation: tuple[float, float]
    value: tuple[float, float]
    hues: tuple[float, float] | None
    busy: bool = False


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """An RGB colour, 0-255, from hue, saturation and value, 0-1."""
    r, g, b = colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0), 1), min(max(value, 0), 1))
    return (255 * r, 255 * g, 255 * b)


def luma(colour: Colour) -> float:
    """Perceived lightness of a colour, 0-255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def opposite(colour: Colour) -> Colour:
    """Black for a light colour, white for a dark one."""
    return BLACK if luma(colour) > 110 else WHITE


def blend(one: Colour, other: Colour, part: float) -> Colour:
    """The colour `part` of the way from one to the other."""
    return (
        one[0] + (other[0] - one[0]) * part,
        one[1] + (other[1] - one[1]) * part,
        one[2] + (other[2] - one[2]) * part,
    )


#: Theme: saturation and value of the background, then of the planets.
_THEMES: dict[
    str, tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
] = {
    "space": ((0.4, 0.95), (0.05, 0.24), (0.25, 0.95), (0.55, 1.0)),
    "pastel": ((0.08, 0.3), (0.86, 1.0), (0.3, 0.75), (0.35, 0.9)),
    "paper": ((0.03, 0.16), (0.88, 1.0), (0.2, 0.9), (0.15, 0.65)),
    "vivid": ((0.5, 1.0), (0.4, 0.95), (0.4, 1.0), (0.2, 1.0)),
    "muted": ((0.1, 0.4), (0.3, 0.7), (0.1, 0.5), (0.2, 0.95)),
    "grey": ((0.0, 0.04), (0.1, 0.95), (0.0, 0.06), (0.05, 1.0)),
    "photo": ((0.15, 0.6), (0.25, 0.75), (0.2, 0.9), (0.2, 1.0)),
    "random": ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0)),
}


def scheme(rng: Rng) -> Scheme:
    """Choose a colour scheme."""
    theme = pick(rng, tuple(_THEMES), (4, 3, 3, 2, 2, 1.2, 2.5, 2))
    ground_s, ground_v, saturation, value = _THEMES[theme]
    hue = rng.random() if theme != "space" else between(rng, 0.5, 0.85)
    if theme == "paper":
        hue = between(rng, 0.06, 0.16)
    first = hsv(hue, between(rng, *ground_s), between(rng, *ground_v))
    second = hsv(hue + rng.normal(0, 0.06), between(rng, *ground_s), between(rng, *ground_v))
    start = rng.random()
    hues = pick(rng, (None, (start, start + 0.15)), (3, 1))
    return Scheme(theme, (first, second), saturation, value, hues, busy=theme == "photo")


def of(rng: Rng, scheme: Scheme) -> Colour:
    """A planet's colour in the scheme."""
    hue = rng.random() if scheme.hues is None else between(rng, *scheme.hues)
    return hsv(hue, between(rng, *scheme.saturation), between(rng, *scheme.value))


def against(rng: Rng, scheme: Scheme, under: Colour, contrast: float) -> Colour:
    """A colour of the scheme that stands out from `under` by at least `contrast` in luma.

    When the scheme has none, a colour is pushed towards white or black until it does.
    """
    colour = of(rng, scheme)
    for _ in range(3):
        if abs(luma(colour) - luma(under)) >= contrast:
            return colour
        colour = of(rng, scheme)
    return pushed(colour, under, contrast)


def pushed(colour: Colour, under: Colour, contrast: float) -> Colour:
    """`colour` moved towards white or black until its luma differs from `under` by `contrast`."""
    base = luma(under)
    up = luma(colour) >= base if base + contrast <= 255 and base - contrast >= 0 else base < 128
    wanted = min(base + contrast, 255.0) if up else max(base - contrast, 0.0)
    have = luma(colour)
    if (have >= wanted) if up else (have <= wanted):
        return colour
    if up:
        return blend(colour, (255.0, 255.0, 255.0), (wanted - have) / max(255 - have, 1e-6))
    return blend(colour, (0.0, 0.0, 0.0), (have - wanted) / max(have, 1e-6))
