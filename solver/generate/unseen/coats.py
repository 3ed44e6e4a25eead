"""Ways to paint a badge that training never sees: each returns what its icon stands on."""

from __future__ import annotations

import numpy as np

from solver.generate import stamps
from solver.generate.bodies import Body, solid
from solver.generate.colours import WHITE, Colour, blend, opposite
from solver.generate.unseen.inks import kin


def double_ring(body: Body) -> Colour:
    """Two thin lines, one inside the other."""
    edge, width = body.edge(), np.float32(max(0.6, body.radius * 0.05))
    for place in (-0.06, 0.12):
        line = np.abs(edge - np.float32(place * body.radius)) - width
        body.patch.lay(stamps.soft(line), body.colour)
    return body.under


def dashed_ring(body: Body) -> Colour:
    """A line with gaps."""
    width = np.float32(max(0.8, body.radius * 0.08))
    line = stamps.soft(np.abs(body.edge()) - width)
    dashes = np.clip(0.5 + np.sin(np.arctan2(body.ys, body.xs) * 10) * 2, 0, 1)
    body.patch.lay(line * dashes, body.colour)
    return body.under


def halo(body: Body) -> Colour:
    """A glow that has no edge."""
    away = np.hypot(body.xs, body.ys) / np.float32(body.radius * 1.5)
    body.patch.lay(np.clip(2.2 * (1 - away), 0, 0.9), body.colour)
    return blend(body.under, body.colour, 0.85)


def long_shadow(body: Body) -> Colour:
    """A flat disc whose shadow falls far to the lower right."""
    along = np.clip((body.xs + body.ys) / 2, 0, body.radius * 0.9)
    fallen = np.hypot(body.xs - along, body.ys - along) - np.float32(body.radius)
    shade = blend(body.under, opposite(WHITE), 0.7)
    body.patch.lay(stamps.soft(fallen) * np.float32(0.45), shade)
    return solid(body)


def glass(body: Body) -> Colour:
    """A clear pane: pale, bright at its rim and in one highlight."""
    edge, r = body.edge(), np.float32(body.radius)
    cover = stamps.soft(edge)
    body.patch.lay(cover * np.float32(0.3), body.colour)
    shine = np.hypot(body.xs / 1.3, (body.ys + r * 0.75) * 1.6) - r * np.float32(0.6)
    body.patch.lay(cover * stamps.soft(shine, 3) * np.float32(0.3), WHITE)
    body.patch.lay(stamps.soft(np.abs(edge + 1) - np.float32(0.8)) * np.float32(0.8), WHITE)
    return blend(body.under, body.colour, 0.3)


def split(body: Body) -> Colour:
    """Two halves of different hue and the same lightness."""
    under = solid(body)
    half = stamps.soft(body.edge()) * stamps.soft(body.xs + body.ys * np.float32(0.4))
    body.patch.lay(half * np.float32(body.look.opacity), kin(body.colour))
    return under


def undersized(body: Body) -> Colour:
    """A disc smaller than its icon, close to the ground in lightness."""
    colour = blend(body.under, body.colour, 0.6)
    cover = stamps.soft(np.hypot(body.xs, body.ys) - np.float32(body.radius * 0.62))
    body.patch.lay(cover, colour)
    return blend(body.under, colour, 0.5)
