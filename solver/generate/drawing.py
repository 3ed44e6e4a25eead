"""One puzzle from a seed and an index: plan, cast, paint, spoil, encode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.generate import (
    casting,
    digits,
    levels,
    orbits,
    places,
    spoil,
    stamps,
    styles,
)
from solver.generate.arrays import Canvas
from solver.generate.assets import Assets, Face, faces
from solver.generate.casting import Cast
from solver.generate.chance import Rng, pick, stream
from solver.generate.colours import Scheme
from solver.generate.dress import Dress, dress
from solver.generate.icons import REACH
from solver.generate.levels import Level
from solver.generate.orbits import Orbits
from solver.generate.places import Place
from solver.generate.planets import Painter
from solver.generate.styles import Looks, Styles
from solver.generate.truth import ORBITS, TILE, TILES, Box, Drawn, TruePlanet, Truth

#: Every how many numbers a task's id advances; the step within is random.
_ID_STEP = 7


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything of a puzzle stands; `places[t][0]` is the asked icon of tile t + 1."""

    digit: int
    answer: int
    orbits: Orbits
    dress: Dress
    places: tuple[tuple[Place, ...], ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What is asked for: the level and looks of puzzle `index`, and the face of its digits."""

    seed: int
    index: int
    level: Level
    assets: Assets
    styles: Styles
    looks: Looks
    face: Face


def draw(
    seed: int,
    index: int,
    difficulty: str = "mix",
    assets: Assets = "train",
    styles: Styles = "train",
) -> Drawn:
    """Draw puzzle `index` of a seed: its picture, its file's bytes and the exact truth.

    `difficulty`: easy, medium, hard or mix; `assets` (icons and fonts) and `styles` (how all else
    looks): train, held-out or all. The same arguments always give the same bytes. Picture
    (H, W, 3) uint8 RGB, W = 5T and H = 2T, mostly T = 200. Raises GenerateError for an unknown
    difficulty or split, or when asset packages lack.
    """
    rng = stream(seed, index)
    level = levels.level_of(difficulty, rng)
    looks = choose_looks(seed, index, styles)
    face = digits.any_face(rng, faces(assets))
    return paint(rng, Brief(seed, index, level, assets, styles, looks, face))


def choose_looks(seed: int, index: int, split: Styles) -> Looks:
    """A puzzle's looks, from a stream of their own: which they are changes nothing else."""
    return styles.choose(stream(seed, index).spawn(2)[1], split)


def paint(rng: Rng, brief: Brief) -> Drawn:
    """Draw the puzzle of a brief from the stream that its seed and index began."""
    level, looks, face = brief.level, brief.looks, brief.face
    cast = casting.choose(rng, level, brief.assets)
    scheme = looks.theme(rng)
    plan = _plan(rng, level, scheme, looks)
    row, digit_box, icon_box, shown = looks.hint(rng, level, scheme, cast.asked, plan.digit, face)
    tiles, found, more = _paint_tiles(rng, level, scheme, plan, cast, face, looks)
    picture, spoiled = spoil.spoil(rng, level, np.concatenate((tiles, row), 0), plan.dress.size)
    data, extension, seen = spoil.encode(rng, level, picture)
    number = 100_000 + brief.seed % 100_000 + brief.index * _ID_STEP + int(rng.integers(_ID_STEP))
    truth = Truth(
        id=number,
        image=f"images/{number}{extension}",
        seed=brief.seed,
        index=brief.index,
        difficulty=level.name,
        assets=brief.assets,
        width=seen.shape[1],
        height=seen.shape[0],
        digit=plan.digit,
        answer=plan.answer,
        icon=cast.asked.id,
        font=f"{face.family}/{face.style}",
        digit_box=digit_box,
        icon_box=icon_box,
        target_boxes=_target_boxes(rng, found),
        planets=tuple(found),
        centre=plan.orbits.centre,
        radii=plan.orbits.radii,
        ratio=plan.orbits.ratio,
        angle=plan.orbits.angle,
        styles={"split": brief.styles, **shown, **more, **spoiled},
    )
    return Drawn(seen, data, extension, truth)


def _plan(rng: Rng, level: Level, scheme: Scheme, looks: Looks) -> Plan:
    """Draw geometry and places until every tile has room for its asked icon."""
    while True:
        look = dress(rng, level, scheme, looks.badges)
        laid = orbits.plan(rng, level, look.reach())
        digit = pick(rng, level.digits)
        answer = int(rng.integers(1, TILES + 1))
        tiles = []
        for tile in range(1, TILES + 1):
            rank = digit if tile == answer else _other_rank(rng, digit)
            spots = places.scatter(rng, level, laid, rank, look.reach(), look.extent())
            if spots is None:
                break
            tiles.append(tuple(spots))
        if len(tiles) == TILES and all(len(t) >= level.planets[0] for t in tiles):
            return Plan(digit, answer, laid, look, tuple(tiles))


def _other_rank(rng: Rng, digit: int) -> int:
    """An orbit other than the asked one, its neighbours more often."""
    ranks = [rank for rank in range(1, ORBITS + 1) if rank != digit]
    return pick(rng, ranks, [2.0 if abs(rank - digit) == 1 else 1.0 for rank in ranks])


def _paint_tiles(
    rng: Rng, level: Level, scheme: Scheme, plan: Plan, cast: Cast, face: Face, looks: Looks
) -> tuple[Canvas, list[TruePlanet], dict[str, str]]:
    """Paint the top row, (200, 1000, 3) float32 RGB; also the planets and style names."""
    canvas, ground = looks.ground(rng, level, scheme)
    under = stamps.mean_colour(canvas, 100, 100, 100)
    marks = looks.marks(rng, level, scheme, plan.orbits, face, under)
    room = plan.orbits.radii[0] - plan.dress.reach() * 0.6
    lone = marks.style == "none"
    sun = looks.sun(rng, level, scheme, plan.orbits, room, pick(rng, cast.others), under, lone)
    ink, inking = styles.ink(rng, looks)
    painter = Painter(level, scheme, plan.dress, inking)
    found: list[TruePlanet] = []
    for number, spots in enumerate(plan.places, 1):
        tile = canvas[:, (number - 1) * TILE : number * TILE]
        marks.lay(tile, spots)
        sun.lay(tile)
        found += _paint_planets(rng, level, painter, tile, number, spots, cast)
    shown = {"theme": scheme.theme, "ground": ground, "orbits": marks.style, "sun": sun.look,
             "place": plan.orbits.place, "planets": plan.dress.shape, "icons": ink}  # fmt: skip
    return canvas, found, shown


def _paint_planets(
    rng: Rng,
    level: Level,
    painter: Painter,
    tile: Canvas,
    number: int,
    spots: tuple[Place, ...],
    cast: Cast,
) -> list[TruePlanet]:
    """Paint one tile's planets in any order and tell what they are."""
    troupe = [cast.asked, *cast.troupe(rng, level, len(spots) - 1)]
    sizes = painter.look.sizes(rng, len(spots))
    found = []
    for at in rng.permutation(len(spots)):
        spot, size = spots[at], sizes[at]
        painted = painter.paint(rng, tile, (spot.x, spot.y), troupe[at], size)
        edge = min(spot.x, spot.y, TILE - spot.x, TILE - spot.y)
        found.append(
            TruePlanet(
                tile=number,
                x=round(spot.x + (number - 1) * TILE, 3),
                y=spot.y,
                size=size,
                rank=spot.rank,
                icon=troupe[at].id,
                is_target=bool(at == 0),
                angle=painted.angle,
                badge=painted.badge,
                reach=painted.reach,
                cut=edge < painted.reach,
            )
        )
    return found


def _target_boxes(rng: Rng, found: list[TruePlanet]) -> tuple[Box, ...]:
    """The `+` boxes as a person would draw them: around the planet, a few px off."""
    boxes = []
    for planet in found:
        if not planet.is_target:
            continue
        left = (planet.tile - 1) * TILE
        reach = max(planet.reach, REACH * planet.size)
        # Never less than the icon's reach: the box holds the icon.
        slack = [max(reach + rng.normal(2.0, 1.6), REACH * planet.size) for _ in range(4)]
        x0, y0 = max(planet.x - slack[0], left), max(planet.y - slack[1], 0.0)
        x1, y1 = min(planet.x + slack[2], left + TILE), min(planet.y + slack[3], float(TILE))
        boxes.append(Box(round(x0, 3), round(y0, 3), round(x1 - x0, 3), round(y1 - y0, 3)))
    return tuple(boxes)
