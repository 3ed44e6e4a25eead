"""Colour themes that training never draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from solver.generate.chance import Rng, between, pick
from solver.generate.colours import Colour, Scheme, hsv

_Range = tuple[float, float]


def _neon(rng: Rng) -> Scheme:
    """Glaring colours on black."""
    ground = hsv(rng.random(), 0.6, 0.05), hsv(rng.random(), 0.9, 0.14)
    return Scheme("neon", ground, (0.85, 1.0), (0.9, 1.0), None, busy=True)


def _duotone(rng: Rng) -> Scheme:
    """Two hues, each from dark to light."""
    hue = rng.random()
    ground = hsv(hue, 0.85, between(rng, 0.2, 0.45)), hsv(hue + 0.02, 0.6, between(rng, 0.4, 0.7))
    other = hue + between(rng, 0.25, 0.75)
    return Scheme("duotone", ground, (0.3, 0.9), (0.5, 1.0), (other, other + 0.03), busy=True)


def _sepia(rng: Rng) -> Scheme:
    """An old photograph: browns on yellowed paper."""
    ground = hsv(0.1, between(rng, 0.25, 0.45), 0.87), hsv(0.085, 0.5, between(rng, 0.6, 0.8))
    return Scheme("sepia", ground, (0.35, 0.7), (0.1, 0.5), (0.06, 0.11), busy=True)


def _high_key(rng: Rng) -> Scheme:
    """Nearly white, with clear colours."""
    ground = hsv(rng.random(), 0.04, 1.0), hsv(rng.random(), 0.1, 0.98)
    return Scheme("high-key", ground, (0.45, 0.9), (0.55, 0.9), None, busy=True)


def _pastel_on_pastel(rng: Rng) -> Scheme:
    """Pale planets on a pale ground; icons keep the contrast of their level."""
    hue = rng.random()
    ground = hsv(hue, 0.22, 0.93), hsv(hue + 0.12, 0.3, 0.86)
    return Scheme("pastel-on-pastel", ground, (0.18, 0.42), (0.72, 0.98), None, busy=True)


def _complementary(rng: Rng) -> Scheme:
    """A strong colour against its complement."""
    hue, value = rng.random(), between(rng, 0.45, 0.85)
    ground = hsv(hue, 0.75, value), hsv(hue + 0.5, 0.6, value)
    return Scheme("complementary", ground, (0.2, 1.0), (0.1, 1.0), None, busy=True)


def _candy(rng: Rng) -> Scheme:
    """Saturated mid-tones everywhere, ground and planets alike."""
    start = rng.random()
    ground = hsv(start, 0.55, 0.95), hsv(start + 0.18, 0.65, 0.9)
    return Scheme("candy", ground, (0.5, 0.9), (0.6, 1.0), (start + 0.3, start + 0.8), busy=True)


def _ash(rng: Rng) -> Scheme:
    """Grey ground, one glowing hue."""
    level, hue = between(rng, 0.18, 0.4), rng.random()
    dark: Colour = hsv(0.6, 0.06, level)
    return Scheme("ash", (dark, hsv(0.6, 0.04, level + 0.12)), (0.6, 1.0), (0.6, 1.0),
                  (hue, hue + 0.06), busy=True)  # fmt: skip


KINDS: Mapping[str, Callable[[Rng], Scheme]] = {
    "neon": _neon,
    "duotone": _duotone,
    "sepia": _sepia,
    "high-key": _high_key,
    "pastel-on-pastel": _pastel_on_pastel,
    "complementary": _complementary,
    "candy": _candy,
    "ash": _ash,
}


def scheme(rng: Rng) -> Scheme:
    """Choose a colour scheme."""
    return KINDS[pick(rng, tuple(KINDS))](rng)
