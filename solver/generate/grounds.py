"""What lies behind the planets: flat colours, gradients, stars, paper, cloth and blurred photos."""

from __future__ import annotations

import cv2
import numpy as np

from solver.generate.arrays import Alpha, Canvas
from solver.generate.chance import Rng, between, maybe, pick
from solver.generate.colours import Colour, Scheme
from solver.generate.levels import Level
from solver.generate.truth import TILE, TILES


def clouds(rng: Rng, height: int, width: int, coarse: int, octaves: int) -> Alpha:
    """Smooth random fields, (height, width) about -1 to 1: `coarse` cells across the height."""
    field = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cells = coarse << octave
        small = rng.uniform(-1, 1, (cells + 1, cells * width // height + 1)).astype(np.float32)
        field += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC) / (1 << octave)
    return field / 1.6


def paint(rng: Rng, level: Level, scheme: Scheme) -> tuple[Canvas, str]:
    """Paint the backgrounds of five tiles: (200, 1000, 3) float32 RGB, and the kind's name."""
    kinds, weights = _kinds(scheme.theme, level)
    kind = pick(rng, kinds, weights)
    busy = maybe(rng, level.p_busy)
    alike = maybe(rng, 0.6)
    first = _tile(rng, scheme, kind, busy)
    again = alike and kind != "photo"
    tiles = [first, *(first if again else _tile(rng, scheme, kind, busy) for _ in range(TILES - 1))]
    canvas = np.concatenate(tiles, 1)
    if maybe(rng, 0.3):
        _frames(rng, canvas)
    return canvas, kind


def _kinds(theme: str, level: Level) -> tuple[tuple[str, ...], tuple[float, ...]]:
    if theme == "space":
        return ("flat", "gradient", "stars", "nebula"), (1, 1, 3, 2)
    if theme == "paper":
        return ("flat", "grain", "grid", "gradient"), (1, 3, 1.5, 1)
    if theme == "photo":
        return ("photo", "nebula"), (3, 1)
    return ("flat", "gradient", "radial", "nebula", "stripes", "grain"), (3, 2, 1.5, 1, 0.7, 1)


def _gradient(rng: Rng, scheme: Scheme, radial: bool) -> Canvas:
    ys, xs = np.mgrid[0:TILE, 0:TILE].astype(np.float32) / TILE
    if radial:
        cx, cy = rng.uniform(0.2, 0.8, 2)
        part = np.clip(np.hypot(xs - cx, ys - cy) / between(rng, 0.6, 1.1), 0, 1)
    else:
        turn = between(rng, 0, 2 * np.pi)
        part = 0.5 + (xs - 0.5) * np.cos(turn) * 0.7 + (ys - 0.5) * np.sin(turn) * 0.7
    return _mixed(scheme, part.astype(np.float32))


def _mixed(scheme: Scheme, part: Alpha) -> Canvas:
    one, other = (np.array(colour, np.float32) for colour in scheme.ground)
    return one + (other - one) * np.clip(part, 0, 1)[..., None]


def _tile(rng: Rng, scheme: Scheme, kind: str, busy: bool) -> Canvas:
    strength = 1.0 if busy else 0.45
    if kind in ("gradient", "radial"):
        return _gradient(rng, scheme, kind == "radial")
    if kind == "nebula":
        return _mixed(scheme, 0.5 + clouds(rng, TILE, TILE, 2, 3) * 0.7 * strength)
    if kind == "photo":
        return _photo(rng, scheme, strength)
    tile = np.empty((TILE, TILE, 3), np.float32)
    tile[:] = scheme.ground[0]
    if kind == "stars":
        _stars(rng, tile, int(between(rng, 20, 60 + 140 * strength)))
    elif kind == "grain":
        tile += (clouds(rng, TILE, TILE, 25, 2) * between(rng, 4, 16) * strength)[..., None]
    elif kind == "grid":
        _lines(rng, tile, both=True, strength=strength)
    elif kind == "stripes":
        _lines(rng, tile, both=False, strength=strength)
    return tile


def _photo(rng: Rng, scheme: Scheme, strength: float) -> Canvas:
    """Colour fields of several scales, as in a blurred photograph."""
    tile = _mixed(scheme, 0.5 + clouds(rng, TILE, TILE, 1, 3))
    for channel in range(3):
        tile[..., channel] += clouds(rng, TILE, TILE, 2, 5) * 34 * strength
    return np.clip(tile, 0, 255)


def _stars(rng: Rng, tile: Canvas, count: int) -> None:
    xs, ys = rng.integers(0, TILE, count), rng.integers(0, TILE, count)
    shine = rng.uniform(0.15, 0.9, count).astype(np.float32)
    tile[ys, xs] += (255 - tile[ys, xs]) * shine[:, None]
    for x, y, light in zip(xs[: count // 6], ys[: count // 6], shine, strict=False):
        patch = tile[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        patch += (255 - patch) * light * 0.4


def _lines(rng: Rng, tile: Canvas, both: bool, strength: float) -> None:
    step, width = int(rng.integers(8, 26)), int(rng.integers(1, 5))
    change = between(rng, 8, 30) * strength * (1 if tile.mean() < 110 else -1)
    marks = (np.arange(TILE) % step) < (1 if both else width)
    across = maybe(rng, 0.5)
    if both or across:
        tile[marks] += change
    if both or not across:
        tile[:, marks] += change


def _frames(rng: Rng, canvas: Canvas) -> None:
    """A thin line around each tile."""
    colour: Colour = pick(rng, ((0.0, 0.0, 0.0), (255.0, 255.0, 255.0), (128.0, 128.0, 128.0)))
    for tile in range(TILES):
        left = tile * TILE
        canvas[:, [left, left + TILE - 1]] = colour
        canvas[[0, -1], left : left + TILE] = colour
